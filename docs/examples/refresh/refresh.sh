#!/bin/sh
# Reads a table anew, builds and publishes it; readers keep what they have if it fails.
# Scenarios that are kept with the dataset, data/NAME/scenarios.csv, are built with it.
#   refresh.sh NAME FORMAT SOURCE [OPTIONS OF carbonshed ingest]
# Made for cron: silent if all went well, else the reason and exit code 1.
set -eu
if [ $# -lt 3 ]; then
    cat >&2 << 'USAGE'
usage: refresh.sh NAME FORMAT SOURCE [OPTIONS OF carbonshed ingest]
  NAME     the dataset to refresh, such as trade
  FORMAT   how the table is laid out, such as tidy; carbonshed formats lists them
  SOURCE   the file or folder to read
USAGE
    exit 2
fi
cd "$(dirname "$0")/../../.."
PATH="$PWD/.venv/bin:$PATH"
name=$1 format=$2 source=$3
shift 3
mkdir -p logs
log="logs/refresh-$name.log"

# dbt keeps what it has parsed for each dataset, and parses only what has changed
export CARBONSHED_DATASET="$name" DBT_TARGET_PATH="target/$name" DBT_LOG_PATH="logs/$name"

# one at a time: two builds would share memory and the log
exec 9> logs/refresh.lock
if ! flock --nonblock 9; then
    echo "another refresh is still at work: $name was left as it is" >&2
    exit 1
fi

refresh() {
    carbonshed ingest "$format" "$source" --name "$name" "$@" &&
        dbt build
}

if ! refresh "$@" > "$log" 2>&1; then
    tail -n 20 "$log"
    carbonshed status "$name"
    exit 1
fi
