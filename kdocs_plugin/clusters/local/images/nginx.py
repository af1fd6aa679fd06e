"""Images that serve HTTP with Debian's nginx.

nginx follows the official image in what a note can see: the page at /, logs on standard
output and error, the command, the paths. nginxdemos/hello:plain-text says which pod
answered, as that image does (its lines are nginx's own variables).
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence

from kdocs_plugin.clusters.local.images.names import DOCKER_HUB
from kdocs_plugin.clusters.local.images.store import PATH, Image, Store, true_tags
from kdocs_plugin.clusters.local.images.tarring import add_file, add_link

NGINX_CONF = """\
user  www-data;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
"""

NGINX_SITE = """\
server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
"""

# One string: nginx does not join two.
HELLO = (
    r"Server address: $server_addr:$server_port\nServer name: $hostname\n"
    r"Date: $time_local\nURI: $request_uri\nRequest ID: $request_id\n"
)
HELLO_SITE = f"""\
server {{
    listen       80;
    listen  [::]:80;

    location / {{
        default_type  text/plain;
        expires       -1;
        return 200 '{HELLO}';
    }}
}}
"""


def nginx(store: Store, layers: Sequence[tuple[str, int]], package: str) -> Image:
    """nginx on `layers`, which hold Debian's nginx-light in version `package`."""
    return _image(store, layers, package, "nginx", true_tags(_version(package)), NGINX_SITE)


def hello(store: Store, layers: Sequence[tuple[str, int]], package: str) -> Image:
    """A server that says its own name."""
    return _image(store, layers, package, "nginxdemos/hello", ["plain-text"], HELLO_SITE)


def _image(
    store: Store,
    layers: Sequence[tuple[str, int]],
    package: str,
    name: str,
    tags: Sequence[str],
    site: str,
) -> Image:
    settings = io.BytesIO()
    with tarfile.open(fileobj=settings, mode="w") as tar:
        add_file(tar, "./etc/nginx/nginx.conf", NGINX_CONF.encode())
        add_file(tar, "./etc/nginx/conf.d/default.conf", site.encode())
        add_link(tar, "./var/log/nginx/access.log", "/dev/stdout")
        add_link(tar, "./var/log/nginx/error.log", "/dev/stderr")
    settings.seek(0)
    config = {
        "Cmd": ["nginx", "-g", "daemon off;"],
        "Env": [PATH, f"NGINX_VERSION={_version(package)}"],
        "ExposedPorts": {"80/tcp": {}},
        "StopSignal": "SIGQUIT",
    }
    made_from = f"Debian nginx-light {package}"
    whole = [*layers, store.add(settings)]
    return store.image(name, tags, made_from, whole, config, registry=DOCKER_HUB)


def _version(package: str) -> str:
    return package.split("-")[0]
