# A step's bash: completes the step's root in this mount namespace, enters it and becomes
# nobody. It stays process 1 of the step's process namespace, as root, so that the shell
# below has an ordinary number and ordinary signals, and so that what kills this (the end
# of its parent) is out of a step's reach. What no longer has a parent is reaped here.
#   $1  the shell's folder on the node; the rest is bash's own command line
set -e
root=/run/kdocs/step
mount -t proc -o nosuid,nodev,noexec proc $root/proc
mount -t tmpfs -o nosuid,nodev,mode=1777,size=256m tmpfs $root/tmp
mount -o bind,nosuid,nodev "$1/home" $root/home/kdocs
mount -t tmpfs -o nosuid,nodev,noexec,mode=700,size=4m,uid=65532,gid=65532 tmpfs $root/run
# A copy of its own: notes change it, with `kubectl config set-context` and the like.
cat "$1/kubeconfig" > $root/run/kubeconfig
chown 65532:65532 $root/run/kubeconfig
chmod 600 $root/run/kubeconfig
shift
cd $root
pivot_root . .
umount -l .
cd /home/kdocs
set +e
setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs \
    --bounding-set -all --inh-caps -all --ambient-caps -all -- "$@"
exit $?
