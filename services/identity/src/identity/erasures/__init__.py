"""Users who leave, until every service has forgotten them."""
