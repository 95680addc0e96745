import { PRIMARY, REDIS_PORT, SENTINEL_PORT } from "./configuration.ts";

/**
 * What servers and Sentinels do before they start. Pods are known by their DNS names, which stay when their addresses
 * change. Who is primary is, in this order: what a Sentinel says; what this server was when it stopped, so that
 * a whole set that was stopped comes back as it was; at the very first start, pod 0.
 *
 * Redis and Sentinel write to their own configuration files: they are made anew at each start, and only what has
 * to be remembered is taken over.
 */

/** Seconds that a failover may take: then no other server can be primary, and the one that was comes back as it. */
const PATIENCE = 8;

const COMMON = `set -eu
umask 077
secret() { cat "/run/secrets/redis/$1"; }
self="$POD_NAME.$SERVICE"
`;

/** Starts a server in the role that it has in the set. */
const START_SERVER = `${COMMON}
mkdir -p /data/redis
file=/data/redis/redis.conf

asked_primary() {
  index=0
  while [ "$index" -lt "$REPLICAS" ]; do
    REDISCLI_AUTH="$(secret sentinel)" timeout 2 redis-cli --user sentinel -h "$SET-$index.$SERVICE" \\
      -p ${SENTINEL_PORT} --raw sentinel get-master-addr-by-name ${PRIMARY} 2>/dev/null |
      head -n 1 | grep "^$SET-" && return
    index=$((index + 1))
  done
}
remembered_primary() {
  [ -f "$file" ] || return 0
  sed -n 's/^replicaof \\([^ ]*\\) .*/\\1/p' "$file" | grep . || echo "$self"
}

cp /etc/redis/redis.conf "$file.new"
if [ "$REPLICAS" -gt 1 ]; then
  primary="$(asked_primary || true)"
  # This server was lost a moment ago, and another is about to take its place: come back as that one's replica.
  tries=0
  while [ "$primary" = "$self" ] && [ "$tries" -lt ${PATIENCE * 5} ]; do
    sleep 0.2
    primary="$(asked_primary || true)"
    tries=$((tries + 1))
  done
  : "\${primary:=$(remembered_primary)}"
  : "\${primary:=$SET-0.$SERVICE}"
  echo "start: primary is $primary"
  {
    echo "replica-announce-ip $self"
    echo "masteruser replica"
    echo "masterauth $(secret replica)"
    [ "$primary" = "$self" ] || echo "replicaof $primary ${REDIS_PORT}"
  } >> "$file.new"
fi
mv "$file.new" "$file"
exec redis-server "$file"
`;

/** Starts a Sentinel with what it remembers of the set. */
const START_SENTINEL = `${COMMON}
mkdir -p /data/sentinel
file=/data/sentinel/sentinel.conf
memory='^sentinel (myid|monitor|config-epoch|leader-epoch|current-epoch|known-replica|known-sentinel) '

# The server beside it has found out who is primary before it starts.
until [ -f /data/redis/redis.conf ]; do sleep 0.2; done
primary="$(sed -n 's/^replicaof \\([^ ]*\\) .*/\\1/p' /data/redis/redis.conf)"
: "\${primary:=$self}"
{
  cat /etc/redis/sentinel-head.conf
  echo "sentinel announce-ip $self"
  echo "sentinel sentinel-pass $(secret sentinel)"
  if grep -q '^sentinel monitor ' "$file" 2>/dev/null; then
    grep -E "$memory" "$file"
  else
    echo "sentinel monitor ${PRIMARY} $primary ${REDIS_PORT} $QUORUM"
  fi
  cat /etc/redis/sentinel-tail.conf
  echo "sentinel auth-pass ${PRIMARY} $(secret sentinel)"
} > "$file.new"
mv "$file.new" "$file"
# Sentinel does not start with a name that DNS does not know yet.
until getent hosts "$(sed -n 's/^sentinel monitor [^ ]* \\([^ ]*\\) .*/\\1/p' "$file")" > /dev/null; do sleep 0.2; done
exec redis-sentinel "$file"
`;

/** Succeeds where the server answers. */
const READY = `${COMMON}
REDISCLI_AUTH="$(secret probe)" timeout 3 redis-cli --user probe ping | grep -q PONG
`;

/**
 * Hands the primary's role over before its pod ends, so that a planned stop costs next to no writes. Another pod's
 * Sentinel is asked: the one beside this server ends at the same time.
 */
const HAND_OVER = `${COMMON}
is_primary() { REDISCLI_AUTH="$(secret probe)" redis-cli --user probe --raw role | head -n 1 | grep -q master; }
[ "$REPLICAS" -gt 1 ] && is_primary || exit 0
index=0
while [ "$index" -lt "$REPLICAS" ]; do
  peer="$SET-$index.$SERVICE"
  index=$((index + 1))
  [ "$peer" = "$self" ] && continue
  REDISCLI_AUTH="$(secret sentinel)" timeout 2 redis-cli --user sentinel -h "$peer" -p ${SENTINEL_PORT} \\
    sentinel failover ${PRIMARY} | grep -q OK && break
done
tries=0
while is_primary && [ "$tries" -lt 50 ]; do sleep 0.2; tries=$((tries + 1)); done
`;

/** File names and contents, as they are mounted. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  "start-server.sh": START_SERVER,
  "start-sentinel.sh": START_SENTINEL,
  "ready.sh": READY,
  "hand-over.sh": HAND_OVER,
};
