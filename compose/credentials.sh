#!/bin/sh
# Makes the credentials of the services and their stores, once, each into a volume that only its owner is given.
#
#   SERVICES  a line for each service: its name, then the stores that it uses (postgres, redis, rabbitmq)
#             and the names of its secrets
set -eu
umask 077

STORES=${STORES:-/stores} OWNERS=${OWNERS:-/services}
# The user of the services' images, and those of the stores'.
SERVICE_USER=65532:65532 STORE_USER=999:999

complete=$STORES/postgres/complete
if [ -e "$complete" ]; then exit 0; fi

secret() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }

mkdir -p "$STORES/postgres" "$STORES/redis" "$STORES/rabbitmq"
secret > "$STORES/postgres/password"
broker=$(secret)
printf 'default_user = tradestack\ndefault_pass = %s\n' "$broker" > "$STORES/rabbitmq/20-user.conf"
: > "$STORES/postgres/10-databases.sql"
echo 'user default off' > "$STORES/redis/users.acl"
echo 'user probe on nopass -@all +ping' >> "$STORES/redis/users.acl"

echo "$SERVICES" | while read -r service needs; do
  if [ -z "$service" ]; then continue; fi
  folder=$OWNERS/$service
  mkdir -p "$folder"
  for need in $needs; do
    password=$(secret)
    case $need in
      postgres)
        printf 'CREATE ROLE "%s" LOGIN PASSWORD '"'%s'"';\nCREATE DATABASE "%s" OWNER "%s";\n' \
          "$service" "$password" "$service" "$service" >> "$STORES/postgres/10-databases.sql"
        printf 'postgres://%s:%s@postgres:5432/%s' "$service" "$password" "$service" > "$folder/database-url"
        ;;
      redis)
        printf 'user %s on >%s ~%s:* &%s:* +@all -@dangerous +info\n' \
          "$service" "$password" "$service" "$service" >> "$STORES/redis/users.acl"
        printf 'redis://%s:%s@redis:6379' "$service" "$password" > "$folder/redis-url"
        ;;
      rabbitmq) printf 'amqp://tradestack:%s@rabbitmq:5672/' "$broker" > "$folder/broker-url" ;;
      *) printf %s "$password" > "$folder/$(echo "$need" | tr '[:upper:]_' '[:lower:]-')" ;;
    esac
  done
  chown -R "$SERVICE_USER" "$folder"
done
chown -R "$STORE_USER" "$STORES/postgres" "$STORES/redis" "$STORES/rabbitmq"
: > "$complete"
