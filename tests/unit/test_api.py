"""What servers answer that are no API server, and refuse."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kdocs_plugin.clusters import api as api_module
from kdocs_plugin.clusters.api import Api, ApiError

PAGE = b"<html>\n  <h1>Sign in\n</h1>\n</html>\n"


class Proxy(BaseHTTPRequestHandler):
    """A web server that knows no Kubernetes."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with HTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        kubeconfig = tmp_path / "config"
        kubeconfig.write_text(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
            f"clusters: [{{name: c, cluster: {{server: 'http://127.0.0.1:{server.server_port}'}}}}]\n"
            "contexts: [{name: c, context: {cluster: c, user: u}}]\n"
            "users: [{name: u, user: {}}]\n"
        )
        yield Api(kubeconfig)
        server.shutdown()


@pytest.mark.parametrize("status", [200, 401, 404, 502])
def test_a_page_is_no_answer(api: Api, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_module, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(ApiError) as caught:
        api.get(f"/{status}")
    assert caught.value.status == status
    assert "Sign in" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
