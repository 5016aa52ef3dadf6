-- migrate:up
CREATE TABLE contact (
    user_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    email text,
    email_verified boolean NOT NULL
);

-- migrate:down
DROP TABLE contact;
