#!/bin/sh
# Roles and database of the house, for a new server: run as its administrator, with both passwords in the environment.
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE ROLE house_owner LOGIN PASSWORD :'owner';
CREATE ROLE house_app LOGIN PASSWORD :'app';
CREATE DATABASE house OWNER house_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
-- The same limits as the settings ask for, for connections that come without them (PgBouncer).
ALTER ROLE house_app IN DATABASE house SET lock_timeout = '5s';
ALTER ROLE house_app IN DATABASE house SET statement_timeout = '15s';
ALTER ROLE house_app IN DATABASE house SET TimeZone = 'UTC';
REVOKE ALL ON DATABASE house FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE house TO house_app;
SQL
