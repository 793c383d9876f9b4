"""The programs that runbooks call: their names, and which of their options take a value."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set; long tables stay readable this way."""
    return frozenset(text.split())


SHELLS = word_set("sh bash zsh dash ksh ash fish")
DOWNLOADERS = word_set("curl wget")
INTERPRETERS = SHELLS | word_set("python python3 perl ruby node")
SQL_CLIENTS = word_set(
    "psql gitlab-psql pgcli mysql mariadb sqlite3 sqlcmd cqlsh clickhouse-client cockroach"
)
REDIS_CLIENTS = word_set("redis-cli valkey-cli keydb-cli gitlab-redis-cli")
KUBE_CLIENTS = word_set("kubectl oc kubecolor")

_CLOUD = """
    aws gcloud gsutil bq az eksctl doctl ibmcloud oci linode-cli hcloud openstack heroku flyctl fly
    helm helmfile kustomize kubens kubectx stern k9s kubeadm kubelet minikube kind k3d k3s argocd
    argo flux istioctl linkerd cmctl velero crictl ctr nerdctl skopeo buildah cosign trivy virtctl
    subctl odf noobaa rosa ocm tkn opm operator-sdk crossplane docker docker-compose podman
    podman-compose terraform tofu terragrunt packer pulumi ansible ansible-playbook salt salt-call
    knife chef-client puppet vault consul nomad boundary consul-template
    pup dog datadog-ci datadog-agent newrelic sentry-cli pd honeycomb grr gcx
"""
_DATA = """
    etcdctl etcdutl rabbitmqctl rabbitmq-diagnostics rabbitmq-queues rabbitmqadmin nodetool
    kafka-topics kafka-consumer-groups kafka-configs kafka-reassign-partitions kcat kafkacat rpk
    kafka-topics.sh kafka-consumer-groups.sh kafka-configs.sh kafka-reassign-partitions.sh
    ceph rados rbd radosgw-admin cephadm mongo mongosh mongodump mongorestore pg_dump pg_restore
    pg_basebackup pg_ctl pg_ctlcluster pg_isready pg_controldata patronictl gitlab-patronictl
    repmgr pgbouncer pgbench vacuumdb reindexdb createdb dropdb mysqldump mysqladmin
    pt-online-schema-change gh-ost influx redis-server redis-benchmark memcached haproxy nginx
    apachectl varnishadm varnishlog envoy traefik caddy promtool amtool logcli thanos mimirtool
    jsonnet prometheus alertmanager vector fluent-bit telegraf otelcol
"""
_BUILD = """
    git gh glab hub svn make cmake go cargo rustc npm npx yarn pnpm bun pip pip3 pipx uv poetry
    conda virtualenv mvn gradle java javac jcmd jstack jmap jstat jps dotnet php composer bundle
    rake rails gitlab-rails gitlab-rake irb celery gunicorn uvicorn alembic flask django-admin
    ollama huggingface-cli nvidia-smi nvtop nvcc mlflow dvc ray
"""
_NETWORK = """
    openssl gpg age sops ssh scp sftp rsync ssh-keygen ssh-add ssh-copy-id ssh-keyscan certbot
    keytool mkcert kinit klist dig nslookup host ping ping6 traceroute tracepath mtr nc ncat netcat
    telnet socat tcpdump tshark iperf iperf3 ss netstat ip ifconfig route arp ethtool iptables
    ip6tables nft ufw firewall-cmd ipvsadm conntrack nmap nmcli networkctl bridge tc whois grpcurl
    httpie http https websocat ab hey wrk k6 vegeta lsof fuser
"""
_FILES = """
    jq yq jc gron mlr xsv base64 ls cat less more head tail tac nl wc sort uniq cut tr sed awk gawk
    grep egrep fgrep rg ag ack find fd locate xargs parallel tee diff comm cmp patch cp mv rm mkdir
    rmdir ln touch chmod chown chgrp stat file readlink realpath basename dirname du df dd mount
    umount findmnt lsblk blkid fdisk parted gdisk sgdisk mkfs wipefs shred fsck e2fsck xfs_repair
    xfs_growfs resize2fs tune2fs mkswap swapon swapoff mdadm lvs vgs pvs lvextend lvremove lvcreate
    vgextend vgremove pvcreate pvremove pvresize zpool zfs btrfs multipath iscsiadm smartctl nvme
    tar gzip gunzip zcat zgrep zless zip unzip xz bzip2 zstd lz4 cpio strings hexdump xxd od split
    truncate fallocate sync mktemp sha256sum sha1sum md5sum cksum seq shuf rev column paste nproc
"""
_SYSTEM = """
    systemctl journalctl service systemd-analyze loginctl hostnamectl timedatectl resolvectl
    coredumpctl supervisorctl sv gitlab-ctl initctl ps pgrep pkill kill killall top htop atop btop
    iotop iftop nethogs vmstat iostat mpstat sar pidstat dstat free uptime w who whoami id groups
    last uname hostname dmesg lscpu lsmod modprobe sysctl ulimit lspci lsusb dmidecode ipcs strace
    ltrace gdb perf bpftrace numactl taskset renice nice ionice chrt date cal sleep time timeout
    watch nohup env printenv sudo su doas runuser chroot nsenter unshare screen tmux script at
    crontab useradd userdel usermod groupadd passwd chage visudo getent logger logrotate apt apt-get
    apt-cache dpkg yum dnf rpm zypper apk pacman snap brew rpm-ostree update-ca-trust
    update-ca-certificates reboot shutdown halt poweroff init telinit grubby getconf locale stty
    toolbox sosreport sos omc auditctl ausearch semanage restorecon getenforce setenforce flock
    setsid stdbuf gosu subscription-manager
"""
_BUILTINS = """
    export set unset source alias type which whereis command builtin exec eval echo printf test true
    false cd pwd pushd popd read wait jobs bg fg trap umask history exit return shift let local
    declare readonly yes clear [ [[ . : ((
"""

KNOWN_PROGRAMS = (
    INTERPRETERS
    | DOWNLOADERS
    | SQL_CLIENTS
    | REDIS_CLIENTS
    | KUBE_CLIENTS
    | word_set(" ".join((_CLOUD, _DATA, _BUILD, _NETWORK, _FILES, _SYSTEM, _BUILTINS)))
)

# Program names that are also words of a sentence: `time limit` in backticks is no command.
ENGLISH_WORDS = word_set(
    """
    test time find host file make watch top kill sort date cut head tail less more service at who
    last go dog type command set read wait exit history script sync split node column yes patch
    http https age fly w id free true false let export source route vector thanos ack sleep local
    ray salt puppet vault consul nomad boundary envoy argo kind flux init last locate mount bridge
    """
)

SHELL_WORDS = word_set(
    "if then elif else fi for while until do done case esac function in select { } ! [[ ]] (("
)

# Names that people type for a command line that does not exist.
NO_SUCH_PROGRAM = frozenset({"datadog"})

_KUBE = """
    -n --namespace -l --selector -o --output -f --filename -k --kustomize -c --container --context
    --cluster --user --kubeconfig -s --server --token --as --as-group --tail --since --since-time
    -p --patch --patch-file --type --replicas --current-replicas --grace-period --timeout
    --field-selector --sort-by --image --to-revision --revision -L --label-columns --template --for
    --limits --overrides --from-literal --from-file --request-timeout --local-port --address --role
    --unit -u --to --to-image -z --serviceaccount --limit --raw --subresource --field-manager --port
    -v
"""
_SQL = """
    -h -H -p -P -U -u -d -D -c -e -f -v -o -F -R -T --host --port --username --user --dbname
    --database --command --execute --file --query -q
"""
_CONTAINER = "-e --env -u --user -w --workdir --env-file -H --host --context --name -v -p"

VALUE_OPTIONS: dict[str, frozenset[str]] = {
    **dict.fromkeys(KUBE_CLIENTS, word_set(_KUBE)),
    **dict.fromkeys(SQL_CLIENTS, word_set(_SQL) - {"-p"}),
    **dict.fromkeys(("psql", "gitlab-psql"), word_set(_SQL) - {"-e", "-q"}),
    **dict.fromkeys(REDIS_CLIENTS, word_set("-h -p -a -n -u -s -r -i --user --pass --cacert")),
    **dict.fromkeys(("docker", "podman", "nerdctl"), word_set(_CONTAINER)),
    "helm": word_set(
        """-n --namespace -f --values --set --set-string --version --kube-context --timeout
        --kubeconfig --history-max --description -o --output --repo"""
    ),
    "sudo": word_set("-u -g -h -p -C -U -r -t -D -R -T --user --group --host --prompt"),
    "doas": word_set("-u -C"),
    "env": word_set("-u -C -S --unset --chdir"),
    "nice": word_set("-n --adjustment"),
    "ionice": word_set("-c -n -p"),
    "stdbuf": word_set("-i -o -e"),
    "timeout": word_set("-s -k --signal --kill-after"),
    "watch": word_set("-n --interval"),
    "xargs": word_set("-n -I -P -L -d -a -E -s --max-args --max-procs --delimiter --arg-file"),
    "parallel": word_set("-j -a --jobs"),
    "ssh": word_set("-i -p -l -o -F -J -L -R -D -b -c -E -m -S -W -w -B -e -I -O -Q"),
    "su": word_set("-c -s -g -G --command --shell"),
    "runuser": word_set("-u -c -s -g --user --command"),
    "rabbitmqctl": word_set("-n --node -p --vhost -t --timeout --formatter"),
    "etcdctl": word_set(
        """--endpoints --cacert --cert --key --user --password -w --write-out --command-timeout
        --dial-timeout --data-dir"""
    ),
    "aws": word_set(
        """--profile --region --output --query --endpoint-url --filters --instance-ids --cluster
        --service --name --names --log-group-name --bucket --key"""
    ),
    "gcloud": word_set("--project --zone --region --format --filter --account --cluster"),
    "az": word_set("-g --resource-group -n --name --subscription -o --output --query"),
    "git": word_set("-C -c --git-dir --work-tree"),
    "kill": word_set("-s"),
    "pup": word_set("--query --from --to --limit --sort --compute --group-by --output --site"),
    "curl": word_set(
        """-X --request -d --data --data-raw --data-binary --data-urlencode --json -H --header -o
        --output -u --user -A -b -c -e -F --form -m --max-time --connect-timeout --resolve --cacert
        --cert --key -w --write-out -T --upload-file --retry -x --proxy --url -K"""
    ),
    "wget": word_set("-O --output-document -P --method --body-data --header -T --timeout -t"),
}
