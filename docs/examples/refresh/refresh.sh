#!/bin/sh
# Reads a table anew, builds and publishes it; readers keep what they have if it fails.
#   refresh.sh NAME FORMAT SOURCE [OPTIONS OF carbonshed ingest]
# Made for cron: silent if all went well, else the reason and exit code 1.
set -eu
cd "$(dirname "$0")/../../.."
PATH="$PWD/.venv/bin:$PATH"
name=$1 format=$2 source=$3
shift 3
mkdir -p logs
log="logs/refresh-$name.log"

# one at a time: two builds would share the folder target/
exec 9> logs/refresh.lock
if ! flock --nonblock 9; then
    echo "another refresh is still at work: $name was left as it is" >&2
    exit 1
fi

refresh() {
    carbonshed ingest "$format" "$source" --name "$name" "$@" &&
        dbt build --vars "dataset: $name"
}

if ! refresh "$@" > "$log" 2>&1; then
    tail -n 20 "$log"
    carbonshed status "$name"
    exit 1
fi
