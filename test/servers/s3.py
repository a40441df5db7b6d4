"""An S3 server for tests: OpenStack Swift's proxy with its s3api middleware, on object, container and
account servers of one node. Objects are in memory, everything listens on 127.0.0.1.

Usage: s3.py FOLDER PORT ACCESS_KEY SECRET_KEY
"""

import os
import signal
import socket
import sys
import time

from swift.cli.ringbuilder import main as ring_builder
from swift.common import utils, wsgi

folder, port, access_key, secret_key = sys.argv[1:]
account, user = access_key.split(":")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def build_ring(kind, server_port):
    builder = os.path.join(folder, kind + ".builder")
    device = "r1z1-127.0.0.1:%d/node" % server_port
    for arguments in (["create", "4", "1", "0"], ["add", device, "1"], ["rebalance"]):
        try:
            ring_builder(["swift-ring-builder", builder] + arguments)
        except SystemExit as result:
            if result.code not in (0, None):
                raise


class MemoryCache:
    """What Swift asks of memcached, for the one process of the proxy."""

    def __init__(self):
        self.values = {}

    def get(self, key, **_):
        value, expires = self.values.get(key, (None, 0))
        return value if expires > time.time() else None

    def set(self, key, value, time=0, **_):
        self.values[key] = (value, now() + (time or 3600))

    def delete(self, key, **_):
        self.values.pop(key, None)


def now():
    return time.time()


def memory_cache(_global, **_local):
    cache = MemoryCache()

    def with_cache(app):
        def call(env, start_response):
            env["swift.cache"] = cache
            return app(env, start_response)

        return call

    return with_cache


DEFAULTS = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = %(port)d
workers = 0
user = %(user)s
swift_dir = %(folder)s
devices = %(folder)s/devices
mount_check = false
fallocate_reserve = 0
log_level = ERROR
log_address = %(folder)s/none
"""


def defaults(server_port):
    import pwd

    return DEFAULTS % {"port": server_port, "user": pwd.getpwuid(os.getuid()).pw_name, "folder": folder}


def serve(conf, section):
    child = os.fork()
    if child == 0:
        # A server must not outlive the test that started it.
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        sys.exit(wsgi.run_wsgi(conf, section, verbose=False))
    return child


os.makedirs(os.path.join(folder, "devices", "node"), exist_ok=True)
utils.SWIFT_CONF_FILE = write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = test\nswift_hash_path_prefix = test\n")

for kind, app in (("account", "account"), ("container", "container"), ("object", "mem_object")):
    server_port = free_port()
    build_ring(kind, server_port)
    conf = write(
        kind + ".conf",
        defaults(server_port) + "\n[pipeline:main]\npipeline = %s-server\n[app:%s-server]\nuse = egg:swift#%s\n" % (kind, kind, app),
    )
    serve(conf, kind + "-server")

conf = write(
    "proxy.conf",
    defaults(int(port)).replace("[DEFAULT]", "[DEFAULT]\ncors_allow_origin = *\nstrict_cors_mode = false")
    + """
[pipeline:main]
pipeline = catch_errors cache s3api tempauth bulk slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
# On a busy machine its own servers may answer late; of one node each, none may be left out for it.
conn_timeout = 10
node_timeout = 60
error_suppression_limit = 1000000
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
paste.filter_factory = __main__:memory_cache
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
cors_preflight_allow_origin = *
[filter:tempauth]
use = egg:swift#tempauth
user_%s_%s = %s .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
"""
    % (account, user, secret_key),
)
serve(conf, "proxy-server")
try:
    signal.pause()
except KeyboardInterrupt:
    pass
