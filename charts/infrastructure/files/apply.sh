#!/bin/bash
# Fills each service's passwords into the statements and runs them; nothing of it appears on a command line or in a log.
set -euo pipefail
cd /etc/fitmesh/secrets
PGPASSWORD=$(<password)
export PGPASSWORD
for file in */*; do
  password=$(<"$file")
  [[ $password =~ ^[A-Za-z0-9]+$ ]] || { echo "the password of $file must be letters and digits only"; exit 1; }
  printf 's|@%s@|%s|\n' "$file" "$password"
done >/tmp/passwords.sed
sed -f /tmp/passwords.sed /roles/databases.sql >/tmp/databases.sql
until pg_isready --quiet; do sleep 1; done # a new pod is let through a moment after it starts; the Job has a deadline
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --file /tmp/databases.sql
echo "databases and roles are as they should be"
