# sshd.sh: a real SSH server of one's own, for tests.  To be sourced.
#
#	start_sshd DIR	  starts it on a free port of 127.0.0.1; DIR is made
#	stop_sshd	  ends it; safe to call twice, or without a start
#	signal_sshd SIG	  sends a signal to the processes that serve sessions:
#			  KILL cuts transfers off, STOP freezes them
#
# In DIR: root/ (the drop), host_key(.pub), client_key(.pub), authorized_keys,
# log, pid.  Set for the caller: SSHD_PORT, SSHD_PID, SSHD_DIR, SSHD_USER and
# SSHD_URL (sftp://USER@127.0.0.1:PORT/DIR/root).
#
# SSHD_EXTRA holds further lines of sshd_config, put first, where they win:
#	SSHD_EXTRA='MACs hmac-sha2-512-etm@openssh.com' start_sshd "$dir"
# SSHD_HOST_KEY_TYPE is the host key's type (ed25519).
#
# Works as root and as an ordinary user (who can then only log in as himself).
# Keys that exist in DIR are kept, so that a server may "come back".

SSHD=${SSHD:-/usr/sbin/sshd}

# 0 if a server can be started here; else says aloud why not.
sshd_available() {
	if ! [ -x "$SSHD" ]; then
		echo "no $SSHD (package openssh-server)" >&2
		return 1
	fi
	if ! command -v ssh-keygen >/dev/null; then
		echo "no ssh-keygen (package openssh-client)" >&2
		return 1
	fi
}

# Between 10000 and 29999: below the kernel's own choice for connections.
sshd_pick_port() {
	_sshd_n=$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')
	echo $((10000 + _sshd_n % 20000))
}

sshd_write_config() {
	cat >"$SSHD_DIR/config" <<-END
	${SSHD_EXTRA:-}
	Port $1
	ListenAddress 127.0.0.1
	HostKey $SSHD_DIR/host_key
	PidFile none
	AuthorizedKeysFile $SSHD_DIR/authorized_keys
	StrictModes no
	UsePAM no
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	PermitRootLogin prohibit-password
	MaxStartups 100
	Subsystem sftp internal-sftp
	END
}

# 0 once it listens, 1 if it ended (the port was taken) or never came up.
sshd_wait() {
	_sshd_i=0
	while [ "$_sshd_i" -lt 100 ]; do
		if grep -q '^Server listening on' "$SSHD_DIR/log"; then
			return 0
		fi
		kill -0 "$SSHD_PID" 2>/dev/null || return 1
		sleep 0.1
		_sshd_i=$((_sshd_i + 1))
	done
	return 1
}

start_sshd() {
	mkdir -p "$1/root" || return 1
	SSHD_DIR=$(cd "$1" && pwd -P) || return 1
	SSHD_USER=$(id -un)
	sshd_available || return 1
	if ! [ -f "$SSHD_DIR/host_key" ]; then
		ssh-keygen -q -t "${SSHD_HOST_KEY_TYPE:-ed25519}" -N '' -C '' \
		    -f "$SSHD_DIR/host_key" || return 1
	fi
	if ! [ -f "$SSHD_DIR/client_key" ]; then
		ssh-keygen -q -t ed25519 -N '' -C '' \
		    -f "$SSHD_DIR/client_key" || return 1
	fi
	cat "$SSHD_DIR/client_key.pub" >"$SSHD_DIR/authorized_keys"
	# Where root's sshd puts its unprivileged part.
	if [ "$(id -u)" -eq 0 ]; then
		mkdir -p /run/sshd || return 1
	fi
	for _sshd_try in 1 2 3 4 5 6 7 8 9 10; do
		SSHD_PORT=$(sshd_pick_port)
		sshd_write_config "$SSHD_PORT"
		: >"$SSHD_DIR/log"
		"$SSHD" -D -e -f "$SSHD_DIR/config" </dev/null \
		    >/dev/null 2>"$SSHD_DIR/log" &
		SSHD_PID=$!
		echo "$SSHD_PID" >"$SSHD_DIR/pid"
		if sshd_wait; then
			SSHD_URL="sftp://$SSHD_USER@127.0.0.1:$SSHD_PORT"
			SSHD_URL="$SSHD_URL$SSHD_DIR/root"
			export SSHD_PORT SSHD_PID SSHD_DIR SSHD_USER SSHD_URL
			return 0
		fi
		stop_sshd
		# Only a taken port is worth another try.
		grep -q 'Address already in use' "$SSHD_DIR/log" || break
	done
	cat "$SSHD_DIR/log" >&2
	return 1
}

# Sessions have left the listener's process group, not its family.
sshd_children() {
	tr ' ' '\n' <"/proc/$1/task/$1/children" 2>/dev/null |
	    while read -r _sshd_c; do
		echo "$_sshd_c"
		sshd_children "$_sshd_c"
	done
}

signal_sshd() {
	for _sshd_p in $(sshd_children "${SSHD_PID:?no sshd was started}"); do
		kill -s "$1" "$_sshd_p" 2>/dev/null || :
	done
}

stop_sshd() {
	if [ -n "${SSHD_PID:-}" ]; then
		signal_sshd CONT
		signal_sshd TERM
		kill "$SSHD_PID" 2>/dev/null || :
		wait "$SSHD_PID" 2>/dev/null || :
	fi
	SSHD_PID=
}
