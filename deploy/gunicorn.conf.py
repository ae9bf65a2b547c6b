"""How gunicorn serves the house behind nginx; the address comes from the command line or from systemd."""

import os

worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
# A page may take fifteen seconds of the database at most; whoever takes longer than this is not coming back.
timeout = 60
graceful_timeout = 30
# nginx opens a connection for each request, so that none is ever sent to a worker that is just leaving.
keepalive = 0
max_requests = 5000
max_requests_jitter = 500
# Beats of the workers: not on a disk that may be slow.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True
