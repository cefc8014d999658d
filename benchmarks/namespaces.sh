#!/bin/sh
# A search across two network namespaces, which is as near to two machines as one machine comes: the scheduler and the
# driver in one, two workers in the other, nothing between them but a virtual cable. Says whether the parts have the
# bytes of a local run. Needs root, iproute2 and the extra "cluster".
#
#     sudo PYTHON=.venv/bin/python benchmarks/namespaces.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python}
folder=$(mktemp -d)
pids=

# Ends what was started here, by number, and takes the cable away whatever happens.
finish() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    wait
    ip netns delete news-driver 2>/dev/null || true
    ip netns delete news-worker 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

ip netns add news-driver
ip netns add news-worker
ip link add news-a netns news-driver type veth peer name news-b netns news-worker
ip -n news-driver address add 10.77.0.1/24 dev news-a
ip -n news-worker address add 10.77.0.2/24 dev news-b
for end in "news-driver news-a" "news-worker news-b"; do
    set -- $end
    ip -n "$1" link set lo up
    ip -n "$1" link set "$2" up
done

ip netns exec news-driver "$python" -m distributed.cli.dask_scheduler --host 10.77.0.1 --port 8786 --no-dashboard \
    >"$folder/scheduler.log" 2>&1 &
pids="$pids $!"
ip netns exec news-worker "$python" -m distributed.cli.dask_worker tcp://10.77.0.1:8786 --host 10.77.0.2 --nworkers 2 \
    --nthreads 1 --no-dashboard --local-directory "$folder/dask" >"$folder/worker.log" 2>&1 &
pids="$pids $!"
ip netns exec news-driver "$python" "$here/namespaces.py" tcp://10.77.0.1:8786 "$folder" ||
    { cat "$folder/scheduler.log" "$folder/worker.log"; exit 1; }
