"""What can be trained: the catalogue that comes with the product, and exercises of users."""
