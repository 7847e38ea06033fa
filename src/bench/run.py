#!/usr/bin/env python3
"""Measures gateways for images side by side: one after the other, on the same cores, with the same bodies.

    python3 src/bench/run.py                    everything, about an hour and a half
    python3 src/bench/run.py --quick            every case once, for a few seconds
    python3 src/bench/run.py --gateways direct,nginx,heliostat-memory --cases small-url,b64-5.6MB

Needs wrk, nginx, HAProxy, Go, Node, Python and a JDK 25; what comes from a package registry is installed below target/bench. A
gateway that cannot be had is reported as absent. Everything listens on loopback only, in a network namespace of its own where
that is permitted, because not every gateway can be told where to listen. The report is target/bench/report.md and report.json.
"""
import argparse, base64, datetime, json, os, pathlib, random, resource, secrets, shutil, signal, socket, statistics, struct, subprocess, sys, tempfile, time
import urllib.request, zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / "src" / "bench"
WORK = ROOT / "target" / "bench"
KEY = os.environ.setdefault("BENCH_KEY", "bench-" + secrets.token_hex(24))
PROMPT = "A serene mountain landscape at sunset"
ENV = dict(os.environ)
JDK = os.environ.get("BENCH_JDK") or next((str(p) for p in sorted(pathlib.Path("/usr/lib/jvm").glob("*25*"))), os.environ.get("JAVA_HOME", ""))
JAVA = f"{JDK}/bin/java" if JDK else "java"

# ---------------------------------------------------------------- bodies and upstreams

def png(size):
    """A PNG of 1024 x 1024 that has about the wanted size: noise that no decoder minds fills it up."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    row = b"\0" + bytes(1024 * 3)
    fixed = chunk(b"IHDR", struct.pack(">IIBBBBB", 1024, 1024, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(row * 1024, 9)) + chunk(b"IEND", b"")
    noise = max(0, size - len(fixed) - len(pixels) - 20)
    return b"\x89PNG\r\n\x1a\n" + fixed + (chunk(b"noIs", random.Random(1).randbytes(noise)) if noise else b"") + pixels

def small_png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)) + chunk(b"noIs", random.Random(1).randbytes(900))
            + chunk(b"IDAT", zlib.compress((b"\0" + bytes(48)) * 16, 9)) + chunk(b"IEND", b""))

USAGE = {"total_tokens": 100, "input_tokens": 10, "output_tokens": 90, "input_tokens_details": {"text_tokens": 10, "image_tokens": 0}}

def answer(picture):
    item = {"b64_json": base64.b64encode(picture).decode()} if picture else {"url": "http://127.0.0.1:9101/picture/0123456789abcdef.png"}
    return json.dumps({"created": 1700000000, "data": [item], "usage": USAGE}).encode()

PICTURES = {"url": None, "1KB": small_png, "1.4MB": lambda: png(1_050_000), "5.6MB": lambda: png(4_200_000), "14MB": lambda: png(10_500_000)}
# What one process may open: a gateway needs two connections for each request in flight.
FILES = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
PORTS = {"url": 9101, "1KB": 9102, "1.4MB": 9103, "5.6MB": 9104, "14MB": 9105}
DELAYED = {("1KB", 2): 9112, ("1KB", 10): 9113, ("url", 10): 9114}

def prepare_files():
    answers = WORK / "answers" / "v1" / "images"
    for name, make in PICTURES.items():
        folder = WORK / "answers" / name / "v1" / "images"
        folder.mkdir(parents=True, exist_ok=True)
        body = answer(make() if make else None)
        for operation in ("generations", "edits"):
            (folder / operation).write_bytes(body)
    bodies = WORK / "bodies"
    bodies.mkdir(exist_ok=True)
    for model in ("gpt-image-1", "gpt-image-1.5", "bench"):
        (bodies / f"{model}.json").write_text(json.dumps({"model": model, "prompt": PROMPT, "size": "1024x1024", "n": 1}))
        for name, size in (("2MB", 2_000_000), ("10MB", 10_000_000)):
            parts = b""
            for field, value in (("model", model), ("prompt", PROMPT), ("size", "1024x1024")):
                parts += f'--bench\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
            parts += b'--bench\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n' + png(size) + b"\r\n--bench--\r\n"
            (bodies / f"{model}.{name}.multipart").write_bytes(parts)

NGINX_HEAD = """
daemon off; worker_processes 2; pid {pid}; error_log {log} error;
events {{ worker_connections 40000; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; client_max_body_size 100m; client_body_temp_path {tmp}; proxy_temp_path {tmp};
  sendfile on; tcp_nopush on; types {{}} default_type application/json;
"""

class Upstreams:
    """The image API behind every gateway: nginx where it answers at once, a program of its own where it takes its time."""

    def __init__(self):
        conf = WORK / "upstream.conf"
        (WORK / "tmp").mkdir(exist_ok=True)
        text = NGINX_HEAD.format(pid=WORK / "upstream.pid", log=WORK / "upstream.log", tmp=WORK / "tmp")
        for name, port in PORTS.items():
            root = WORK / "answers" / name
            if name in ("url", "1KB"):
                body = (root / "v1" / "images" / "generations").read_text().replace("'", "")
                text += f"  server {{ listen 127.0.0.1:{port} backlog=16384; location /v1/ {{ return 200 '{body}'; }} location = /status {{ stub_status; }} }}\n"
            else:
                text += f"  server {{ listen 127.0.0.1:{port} backlog=16384; root {root}; location /v1/ {{ error_page 405 =200 $uri; }} location = /status {{ stub_status; }} }}\n"
        conf.write_text(text + "}\n")
        self.processes = [spawn(["nginx", "-c", str(conf), "-e", str(WORK / "upstream.log")], "upstream-nginx")]
        for (name, seconds), port in DELAYED.items():
            self.processes.append(spawn([str(WORK / "upstream"), "-listen", f"127.0.0.1:{port}", "-delay", f"{seconds}s",
                                         "-answer", str(WORK / "answers" / name / "v1/images/generations")], f"upstream-{port}"))
        for port in list(PORTS.values()):
            await_answer(f"http://127.0.0.1:{port}/status", 20)
        for port in DELAYED.values():
            await_answer(f"http://127.0.0.1:{port}/hits", 20)

    def hits(self, port):
        if port in DELAYED.values():
            return int(get(f"http://127.0.0.1:{port}/hits"))
        # The last line but one of nginx's status has requests of the whole process; the questions themselves are taken out.
        self.asked = getattr(self, "asked", 0) + 1
        return int(get(f"http://127.0.0.1:{port}/status").split("\n")[2].split()[2]) - self.asked

    def close(self):
        for process in self.processes:
            stop(process)

# ---------------------------------------------------------------- processes

def spawn(command, name, env=None, cwd=None):
    log = open(WORK / f"{name}.log", "wb")
    return subprocess.Popen([str(c) for c in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**ENV, **(env or {})}, cwd=cwd,
                            start_new_session=True)

def stop(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

def get(url):
    with urllib.request.urlopen(url, timeout=5) as answered:
        return answered.read().decode()

def await_answer(url, seconds):
    end = time.time() + seconds
    while time.time() < end:
        try:
            return get(url)
        except Exception:
            time.sleep(0.05)
    raise RuntimeError(f"{url} did not answer in {seconds} s")

def family(pid):
    """A process and all its descendants."""
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                todo += [int(c) for c in pathlib.Path(f"/proc/{one}/task/{task}/children").read_text().split()]
        except OSError:
            pass
    return found

def rss(pid, peak=False):
    total = 0
    for one in family(pid):
        try:
            for line in pathlib.Path(f"/proc/{one}/status").read_text().splitlines():
                if line.startswith("VmHWM:" if peak else "VmRSS:"):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total / 1024

def cpu(pid):
    total = 0
    for one in family(pid):
        try:
            fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return total / os.sysconf("SC_CLK_TCK")

# ---------------------------------------------------------------- gateways

class Gateway:
    """One way from the client to the upstream. `port` is where it listens; `upstream` the port behind it."""

    name = ""
    port = 9300
    warmup = 5
    retries_off = True
    headers = {"Authorization": f"Bearer {KEY}"}
    path = "/v1/images/"
    edits = True

    def install(self):
        """Gets what is needed; raises where it cannot be had. Returns the version."""
        return ""

    def command(self, upstream):
        raise NotImplementedError

    env = {}

    def extra_headers(self, upstream):
        return {}

    def model(self, case):
        return "gpt-image-1"

    def start(self, upstream):
        began = time.time()
        self.process = spawn(self.command(upstream), self.name, self.env)
        body = (WORK / "bodies" / f"{self.model('url' if upstream in (9101, 9114) else 'b64')}.json").read_bytes()
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended at once, see target/bench/{self.name}.log")
            if time.time() - began > 180:
                raise RuntimeError(f"{self.name} did not serve within 180 s")
            try:
                request = urllib.request.Request(f"http://127.0.0.1:{self.port}{self.path}generations", body,
                                                 {"Content-Type": "application/json", **self.headers, **self.extra_headers(upstream)})
                with urllib.request.urlopen(request, timeout=30) as answered:
                    answered.read()
                    return time.time() - began
            except Exception as failure:
                self.last = failure
                time.sleep(0.02)

    def close(self):
        stop(self.process)
        time.sleep(0.3)

class Direct(Gateway):
    name = "direct"

    def start(self, upstream):
        self.port = upstream
        self.process = None
        return 0

    def close(self):
        pass

class Nginx(Gateway):
    name = "nginx"

    def install(self):
        return subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr.strip()

    def command(self, upstream):
        conf = WORK / "nginx.conf"
        conf.write_text(NGINX_HEAD.format(pid=WORK / "nginx.pid", log=WORK / "nginx.err", tmp=WORK / "tmp") + f"""
  upstream u {{ server 127.0.0.1:{upstream}; keepalive 20000; keepalive_requests 1000000000; }}
  server {{ listen 127.0.0.1:{self.port} backlog=16384;
    location / {{ proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_read_timeout 300s; }} }}
}}
""")
        return ["nginx", "-c", conf, "-e", WORK / "nginx.err"]

class Haproxy(Gateway):
    name = "haproxy"

    def install(self):
        return subprocess.run(["haproxy", "-v"], capture_output=True, text=True, check=True).stdout.split("\n")[0]

    def command(self, upstream):
        conf = WORK / "haproxy.cfg"
        conf.write_text(f"""
global
  nbthread 2
  maxconn {FILES // 2 - 200}
defaults
  mode http
  timeout connect 5s
  timeout client 300s
  timeout server 300s
  http-reuse always
frontend f
  bind 127.0.0.1:{self.port} backlog 16384
  default_backend b
backend b
  server u 127.0.0.1:{upstream}
""")
        return ["haproxy", "-f", conf]

class JavaApp(Gateway):
    """One of the small applications in gateways/."""

    warmup = 30
    folder = ""

    def install(self):
        if not (WORK / f"{self.name}.jar").exists():
            copy = WORK / self.name
            shutil.copytree(BENCH / "gateways" / self.folder, copy, dirs_exist_ok=True)
            subprocess.run(["mvn", "-q", "-B", "-f", copy / "pom.xml", "package"], check=True, env={**ENV, "JAVA_HOME": JDK})
            shutil.copy(copy / "target" / "app.jar", WORK / f"{self.name}.jar")
            subprocess.run([JAVA, "-Djarmode=tools", "-jar", WORK / f"{self.name}.jar", "extract", "--destination", WORK / f"{self.name}.app", "--force"],
                           check=True, capture_output=True)
            # The flags that it runs with: a cache of other headers is refused without a word.
            subprocess.run([JAVA, f"-XX:AOTCacheOutput={WORK}/{self.name}.aot", "-XX:+UseCompactObjectHeaders", "-Dspring.context.exit=onRefresh", "-jar", WORK / f"{self.name}.app" / f"{self.name}.jar",
                            "--server.port=0", "--upstream=http://127.0.0.1:9101"], check=True, capture_output=True)
        pom = (BENCH / "gateways" / self.folder / "pom.xml").read_text()
        return "Spring Boot " + pom.split("<version>")[1].split("<")[0]

    def command(self, upstream):
        return [JAVA, f"-XX:AOTCache={WORK}/{self.name}.aot", "-XX:+UseCompactObjectHeaders", "-jar", WORK / f"{self.name}.app" / f"{self.name}.jar",
                f"--server.port={self.port}", f"--upstream=http://127.0.0.1:{upstream}"]

class SpringCloudGateway(JavaApp):
    name = folder = "spring-cloud-gateway"

class WebFluxFloor(JavaApp):
    name = folder = "webflux-floor"
    edits = False

class Portkey(Gateway):
    name = "portkey"
    env = {"NODE_ENV": "production"}
    edits = False

    def install(self):
        folder = WORK / "portkey"
        if not (folder / "node_modules").exists():
            folder.mkdir(exist_ok=True)
            (folder / "package.json").write_text("{}")
            subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "@portkey-ai/gateway@1.15.2"], cwd=folder, check=True)
        return json.loads((folder / "node_modules/@portkey-ai/gateway/package.json").read_text())["version"]

    def command(self, upstream):
        return ["node", WORK / "portkey/node_modules/@portkey-ai/gateway/build/start-server.js", "--headless", f"--port={self.port}"]

    def extra_headers(self, upstream):
        return {"x-portkey-provider": "openai", "x-portkey-custom-host": f"http://127.0.0.1:{upstream}/v1"}

class LiteLlm(Gateway):
    name = "litellm"
    edits = False
    headers = {"Authorization": f"Bearer sk-{KEY}"}
    env = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_MODE": "PRODUCTION", "LITELLM_MASTER_KEY": f"sk-{KEY}"}

    def install(self):
        venv = WORK / "litellm"
        if not (venv / "bin/litellm").exists():
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
            subprocess.run([venv / "bin/pip", "-q", "install", "litellm[proxy]>=1.106"], check=True)
        return subprocess.run([venv / "bin/pip", "show", "litellm"], capture_output=True, text=True).stdout.split("Version: ")[1].split("\n")[0]

    def command(self, upstream):
        conf = WORK / "litellm.yaml"
        conf.write_text(json.dumps({
            "model_list": [{"model_name": "gpt-image-1", "model_info": {"mode": "image_generation"},
                            "litellm_params": {"model": "openai/gpt-image-1", "api_base": f"http://127.0.0.1:{upstream}/v1", "api_key": "sk-mock"}}],
            "litellm_settings": {"num_retries": 0, "request_timeout": 600, "drop_params": True, "callbacks": []},
            "router_settings": {"num_retries": 0, "disable_cooldowns": True},
            "general_settings": {"master_key": "os.environ/LITELLM_MASTER_KEY", "disable_spend_logs": True}}))
        return [WORK / "litellm/bin/litellm", "--config", conf, "--host", "127.0.0.1", "--port", self.port, "--num_workers", 2, "--telemetry", "False"]

class Heliostat(Gateway):
    """Key, routing, price, metrics and log on, as it is run in its image: extracted jar, AOT cache."""

    # Its compilers need about a minute of two cores.
    warmup = 75
    store = ""
    env = {"MALLOC_ARENA_MAX": "2"}

    def install(self):
        jar = ROOT / "target" / "heliostat.jar"
        if not jar.exists():
            subprocess.run(["mvn", "-q", "-B", "-f", ROOT / "pom.xml", "-DskipTests", "package"], check=True)
        marker = WORK / "heliostat.app" / "of"
        stamp = str(jar.stat().st_mtime)
        if not marker.exists() or marker.read_text() != stamp:
            shutil.rmtree(WORK / "heliostat.app", ignore_errors=True)
            subprocess.run([JAVA, "-Djarmode=tools", "-jar", jar, "extract", "--destination", WORK / "heliostat.app"], check=True, capture_output=True)
            train(WORK / "heliostat.app" / "heliostat.jar")
            marker.write_text(stamp)
        return subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()

    def model(self, case):
        return "bench" if case == "url" else "gpt-image-1.5"

    def command(self, upstream):
        data = WORK / "data" / self.name
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        memory = os.environ.get("BENCH_HELIOSTAT_JVM", "-Xms32m -Xmx512m -XX:+UseParallelGC -XX:MaxNewSize=48m -XX:MetaspaceSize=128m -XX:TrimNativeHeapInterval=5000").split()
        return [JAVA, f"-XX:AOTCache={WORK}/heliostat.aot", *FLAGS, *memory, "-jar", WORK / "heliostat.app" / "heliostat.jar",
                f"--server.port={self.port}", "--server.address=127.0.0.1", "--management.server.port=9391", "--management.server.address=127.0.0.1",
                f"--heliostat.data-dir={data}", f"--heliostat.config-dir={BENCH}/config", f"--heliostat.bootstrap.live-key={KEY}",
                "--heliostat.providers.bench.api-key=bench", f"--heliostat.providers.bench.base-url=http://127.0.0.1:{upstream}/v1",
                "--heliostat.providers.openai.api-key=bench", f"--heliostat.providers.openai.base-url=http://127.0.0.1:{upstream}/v1",
                "--heliostat.media.passthrough-urls=true", "--heliostat.egress.allow=127.0.0.0/8", *self.settings()]

    def settings(self):
        return []

class Fleet(Heliostat):
    """Several instances on one PostgreSQL, each on one core, behind nginx. Where there is no PostgreSQL each keeps its ledger in memory."""

    name = "fleet"

    def __init__(self, count):
        self.count = count

    def start(self, upstream):
        self.processes, self.nodes, began = [], [], time.time()
        try:
            store = self.database()
            media = WORK / "data" / "fleet-media"
            shutil.rmtree(media, ignore_errors=True)
            media.mkdir(parents=True)
            for i in range(self.count):
                self.name, self.port = f"fleet-{i}", 9310 + i
                command = [f"--management.server.port={9391 + i}" if str(part).startswith("--management.server.port=") else part for part in self.command(upstream)]
                command[1:1] = ["-XX:ActiveProcessorCount=1"]
                cores = sorted(os.sched_getaffinity(0))
                self.nodes.append(spawn(["taskset", "-c", cores[i % len(cores)], *command, *store, "--heliostat.secret-key=" + KEY, f"--heliostat.media.directory={media}"], self.name, self.env))
            self.processes += self.nodes
            for i in range(self.count):
                await_answer(f"http://127.0.0.1:{9391 + i}/actuator/health/readiness", 120)
            self.name, self.port = "fleet", 9300
            conf = WORK / "fleet.conf"
            servers = "".join(f"server 127.0.0.1:{9310 + i}; " for i in range(self.count))
            conf.write_text(NGINX_HEAD.format(pid=WORK / "fleet.pid", log=WORK / "fleet.err", tmp=WORK / "tmp") + f"""
  upstream u {{ {servers} keepalive 20000; keepalive_requests 1000000000; }}
  server {{ listen 127.0.0.1:{self.port} backlog=16384;
    location / {{ proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_read_timeout 300s; proxy_buffering off; }} }}
}}
""")
            self.process = spawn(["nginx", "-c", conf, "-e", WORK / "fleet.err"], "fleet-nginx")
            self.processes.append(self.process)
            time.sleep(1)
            return time.time() - began
        except BaseException:
            self.close()
            raise

    def database(self):
        """The settings of a fresh PostgreSQL, started by a user that it accepts."""
        folders = [str(p) for p in sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
        found = [shutil.which(tool, path=os.pathsep.join([*folders, os.environ.get("PATH", "")])) for tool in ("initdb", "postgres")]
        self.engine = None
        if not all(found):
            return ["--heliostat.ledger.store=memory"]
        data = tempfile.mkdtemp(prefix="bench-postgres-")
        other = []
        if os.getuid() == 0:
            other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            shutil.chown(data, "postgres", "postgres")
        subprocess.run([*other, found[0], "-D", data, "-U", "postgres", "-A", "trust"], check=True, capture_output=True, cwd=data)
        self.engine = spawn([*other, found[1], "-D", data, "-p", "9399", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}",
                             "-c", "max_connections=100"], "fleet-postgres", cwd=data)
        self.processes.append(self.engine)
        self.data = data
        end = time.time() + 30
        while time.time() < end:
            try:
                socket.create_connection(("127.0.0.1", 9399), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(1)
        return ["--heliostat.store.url=jdbc:postgresql://127.0.0.1:9399/postgres", "--heliostat.store.username=postgres"]

    def close(self):
        for process in reversed(self.processes):
            stop(process)
        if self.engine:
            shutil.rmtree(self.data, ignore_errors=True)

class HeliostatMemory(Heliostat):
    name = "heliostat-memory"

    def settings(self):
        return ["--heliostat.ledger.store=memory"]

class HeliostatDurable(Heliostat):
    name = "heliostat"

FLAGS = ["-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED", "-Djava.awt.headless=true"]

def train(jar):
    """The cache as the image makes it."""
    subprocess.run([ROOT / "docker" / "train.sh", WORK / "heliostat.aot", jar, *FLAGS], check=True, env={**ENV, "JAVA": JAVA})

GATEWAYS = [Direct, Nginx, Haproxy, HeliostatMemory, HeliostatDurable, SpringCloudGateway, WebFluxFloor, Portkey, LiteLlm]

# ---------------------------------------------------------------- cases

class Runner:

    def __init__(self, upstreams, options):
        self.upstreams, self.options = upstreams, options
        self.tops = {}

    def send(self, gateway, upstream, body, kind="application/json", operation="generations", **flags):
        """Runs the load generator once and measures the gateway meanwhile."""
        command = [str(WORK / "load"), "-url", f"http://127.0.0.1:{gateway.port}{gateway.path}{operation}", "-body", str(body), "-type", kind]
        for name, value in {**gateway.headers, **gateway.extra_headers(upstream)}.items():
            command += ["-H", f"{name}: {value}"]
        for name, value in flags.items():
            command += ["-" + name.replace("_", "-"), str(value)]
        pid = gateway.process.pid if gateway.process else 0
        before, hits = (cpu(pid) if pid else 0), self.upstreams.hits(upstream)
        load = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        most = 0
        while load.poll() is None:
            if pid:
                most = max(most, rss(pid))
            time.sleep(0.2)
        found = json.loads(load.stdout.read())
        found["cpu_s"] = (cpu(pid) if pid else 0) - before
        found["rss_mb"] = most
        found["upstream_requests"] = self.upstreams.hits(upstream) - hits
        return found

    def body(self, gateway, picture, upload=None):
        model = gateway.model("url" if picture == "url" else "b64")
        return WORK / "bodies" / (f"{model}.{upload}.multipart" if upload else f"{model}.json")

    def warm(self, gateway, upstream, body, **kind):
        seconds = min(gateway.warmup, self.options.warmup)
        if seconds:
            self.send(gateway, upstream, body, d=f"{seconds}s", c=kind.pop("c", 32), **kind)

    def throughput(self, gateway, picture, connections, upload=None):
        upstream = PORTS[picture]
        gateway.start(upstream)
        try:
            body = self.body(gateway, picture, upload)
            kind = {"kind": "multipart/form-data; boundary=bench", "operation": "edits"} if upload else {}
            self.warm(gateway, upstream, body, c=connections, **kind)
            found = self.send(gateway, upstream, body, d=f"{self.options.seconds}s", c=connections, **kind)
            moved = (found["bytes"] + found["requests"] * (body.stat().st_size if upload else 0)) / 1e9
            return {"per_second": found["per_second"], "cpu_s_per_1000": 1000 * found["cpu_s"] / max(1, found["requests"]),
                    "cpu_s_per_gb": found["cpu_s"] / moved if moved > 0.05 else None, "rss_mb": found["rss_mb"], "failures": found["failures"],
                    "p50_ms": found["latency_ms"]["p50"], "p99_ms": found["latency_ms"]["p99"],
                    "upstream_per_request": found["upstream_requests"] / max(1, found["requests"] + found["failures"])}
        finally:
            gateway.close()

    def latency(self, gateway, picture):
        """Latency at a quarter, half and three quarters of the gateway's own top, due times counted."""
        upstream = PORTS[picture]
        top = self.tops.get((gateway.name, picture))
        if not top:
            return None
        gateway.start(upstream)
        try:
            body = self.body(gateway, picture)
            self.warm(gateway, upstream, body, c=32)
            result = {}
            for share in (25, 50, 75):
                rate = max(1, int(top * share / 100))
                found = self.send(gateway, upstream, body, mode="open", rate=rate, d=f"{self.options.seconds}s", c=4096)
                result.update({f"at_{share}_rate": rate, f"at_{share}_failures": found["failures"] + found["missed"],
                               **{f"at_{share}_{q}_ms": v for q, v in found["latency_ms"].items()}})
            return result
        finally:
            gateway.close()

    def reference(self, gateway, picture, rates):
        """What a gateway adds at given rates."""
        upstream = PORTS[picture]
        gateway.start(upstream)
        try:
            body = self.body(gateway, picture)
            self.warm(gateway, upstream, body, c=32)
            result = {}
            for rate in rates:
                found = self.send(gateway, upstream, body, mode="open", rate=rate, d=f"{self.options.seconds}s", c=4096)
                result[str(rate)] = found["latency_ms"]
            return result
        finally:
            gateway.close()

    def inflight(self, gateway, count):
        upstream = DELAYED[("1KB", 10)]
        count = min(count, FILES // 2 - 400)
        gateway.start(upstream)
        try:
            body = self.body(gateway, "1KB")
            time.sleep(2)
            idle = rss(gateway.process.pid) if gateway.process else 0
            found = self.send(gateway, upstream, body, mode="hold", c=count, timeout="200s")
            return {"in_flight": count, "served": found["requests"], "failures": found["failures"], "errors": found.get("errors"), "statuses": found["statuses"],
                    "rss_mb": found["rss_mb"], "idle_rss_mb": idle, "kb_per_request": (found["rss_mb"] - idle) * 1024 / count,
                    "p99_ms": found["latency_ms"]["p99"], "cpu_s": found["cpu_s"],
                    "upstream_per_request": found["upstream_requests"] / max(1, found["requests"] + found["failures"])}
        finally:
            gateway.close()

    def slow_readers(self, gateway, picture):
        upstream = PORTS[picture]
        gateway.start(upstream)
        try:
            body = self.body(gateway, picture)
            self.warm(gateway, upstream, body, c=8)
            found = self.send(gateway, upstream, body, mode="hold", c=50, read_rate=1_000_000, timeout="200s")
            return {"served": found["requests"], "failures": found["failures"], "rss_mb": found["rss_mb"], "cpu_s_per_gb": found["cpu_s"] / max(0.001, found["bytes"] / 1e9)}
        finally:
            gateway.close()

    def start(self, gateway):
        seconds = gateway.start(PORTS["1KB"])
        try:
            time.sleep(3)
            return {"start_s": seconds, "idle_rss_mb": rss(gateway.process.pid) if gateway.process else 0}
        finally:
            gateway.close()

    def scale(self, gateway, count, each=200):
        """So many instances, each with so many requests at once that take their two seconds upstream."""
        if gateway.name != "heliostat":
            return None
        fleet, upstream = Fleet(count), DELAYED[("1KB", 2)]
        fleet.start(upstream)
        try:
            body = self.body(fleet, "1KB")
            # Each has to be warm, or the coldest one is what is measured.
            self.send(fleet, upstream, body, d=f"{min(30, self.options.warmup) * 2}s", c=each * count)
            before, engine = sum(cpu(node.pid) for node in fleet.nodes), cpu(fleet.engine.pid) if fleet.engine else 0
            found = self.send(fleet, upstream, body, d=f"{self.options.seconds}s", c=each * count)
            used = sum(cpu(node.pid) for node in fleet.nodes) - before
            return {"per_second": found["per_second"], "failures": found["failures"], "cpu_s_per_1000": 1000 * used / max(1, found["requests"]),
                    "store_cpu_s_per_1000": 1000 * (cpu(fleet.engine.pid) - engine) / max(1, found["requests"]) if fleet.engine else None,
                    "rss_mb": sum(rss(node.pid) for node in fleet.nodes), "p50_ms": found["latency_ms"]["p50"], "p99_ms": found["latency_ms"]["p99"],
                    "upstream_per_request": found["upstream_requests"] / max(1, found["requests"] + found["failures"])}
        finally:
            fleet.close()

def growth(merged):
    """How the answers a second, and those for each second of processor time, grow with the instances."""
    one = merged.get("scale-1", {}).get("heliostat")
    if not one:
        return []
    lines = ["", "## Growth with the instances", "", "| instances | requests/s | times one | of one's work for each CPU second |", "|---|---|---|---|"]
    for count in (1, 2, 4):
        many = merged.get(f"scale-{count}", {}).get("heliostat")
        if many:
            lines.append(f"| {count} | {number(many['per_second'])} | {many['per_second'] / one['per_second']:.2f} | {100 * one['cpu_s_per_1000'] / many['cpu_s_per_1000']:.0f} % |")
    return lines

def cases(runner):
    return {
        "small-url": lambda g: runner.throughput(g, "url", 64),
        "small-1KB": lambda g: runner.throughput(g, "1KB", 64),
        "b64-1.4MB": lambda g: runner.throughput(g, "1.4MB", 16),
        "b64-5.6MB": lambda g: runner.throughput(g, "5.6MB", 16),
        "b64-14MB": lambda g: runner.throughput(g, "14MB", 16),
        "edit-2MB": lambda g: runner.throughput(g, "1KB", 16, "2MB") if g.edits else None,
        "edit-10MB": lambda g: runner.throughput(g, "1KB", 16, "10MB") if g.edits else None,
        "latency": lambda g: runner.latency(g, "url"),
        "inflight-1000": lambda g: runner.inflight(g, 1000),
        "inflight-5000": lambda g: runner.inflight(g, 5000),
        "inflight-10000": lambda g: runner.inflight(g, 10000),
        "slow-5.6MB": lambda g: runner.slow_readers(g, "5.6MB"),
        "start": runner.start,
        **{f"scale-{count}": lambda g, count=count: runner.scale(g, count) for count in (1, 2, 4)},
    }

# ---------------------------------------------------------------- the report

def median(rounds):
    keys = {k for r in rounds for k in r}
    merged = {}
    for key in sorted(keys):
        values = [r[key] for r in rounds if isinstance(r.get(key), (int, float))]
        if values:
            merged[key] = statistics.median(values)
            if len(values) > 1:
                merged[key + "_spread"] = [min(values), max(values)]
    return merged

SHOWN = {"per_second": "requests/s", "cpu_s_per_1000": "CPU s / 1,000", "cpu_s_per_gb": "CPU s / GB", "rss_mb": "peak RSS MB", "p50_ms": "p50 ms", "p99_ms": "p99 ms",
         "store_cpu_s_per_1000": "CPU s of the store / 1,000", "failures": "failed", "upstream_per_request": "upstream / request", "in_flight": "in flight", "served": "served", "kb_per_request": "KB / request", "idle_rss_mb": "idle RSS MB", "start_s": "s to first answer",
         "at_25_p50_ms": "25 %: p50", "at_25_p99_ms": "p99", "at_50_rate": "50 %: rate", "at_50_p50_ms": "p50", "at_50_p95_ms": "p95", "at_50_p99_ms": "p99", "at_50_p99.9_ms": "p99.9",
         "at_75_p50_ms": "75 %: p50", "at_75_p99_ms": "p99", "at_50_failures": "failed"}

def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

def report(results, versions, absent, options, reference):
    cpu_name = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "?")
    lines = ["# Gateways for images, side by side", "",
             f"{datetime.datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} cores ({cpu_name}), {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB; "
             f"load, gateway and upstream on the same cores; {options.rounds} rounds of {options.seconds} s in changing order, medians, with the lowest and the highest in brackets.", "",
             f"`{' '.join(['python3', 'src/bench/run.py', *sys.argv[1:]])}`", ""]
    lines += [f"* {name}: {version}" for name, version in versions.items() if version]
    lines += [f"* {name}: absent ({reason})" for name, reason in absent.items()]
    merged = {}
    for case, by_gateway in results.items():
        merged[case] = {g: median(rounds) for g, rounds in by_gateway.items() if rounds}
        if not merged[case]:
            continue
        columns = [k for k in SHOWN if any(k in m for m in merged[case].values())]
        lines += ["", f"## {case}", "", "| | " + " | ".join(SHOWN[c] for c in columns) + " |", "|---" * (len(columns) + 1) + "|"]
        for g, m in merged[case].items():
            cells = []
            for c in columns:
                spread = m.get(c + "_spread")
                cells.append(number(m.get(c)) + (f" ({number(spread[0])}-{number(spread[1])})" if spread and c in ("per_second", "start_s") else ""))
            lines.append(f"| {g} | " + " | ".join(cells) + " |")
    if reference:
        lines += ["", "## Added at half of Heliostat's own top, against nginx at the same rate", "", "| rate | gateway | p50 ms | p95 ms | p99 ms | p99.9 ms |", "|---|---|---|---|---|---|"]
        for rate, by_gateway in reference.items():
            for g, q in by_gateway.items():
                lines.append(f"| {rate} | {g} | " + " | ".join(f"{q[k]:.3f}" if q.get(k) else "-" for k in ("p50", "p95", "p99", "p99.9")) + " |")
    lines += growth(merged)
    lines += ["", *targets(merged, reference)]
    (WORK / "report.md").write_text("\n".join(lines) + "\n")
    (WORK / "report.json").write_text(json.dumps({"versions": versions, "absent": absent, "results": merged, "rounds": results, "reference": reference}, indent=1))
    print("\n".join(lines))

def targets(merged, reference):
    """Ratios of one run, since machines differ."""
    def at(case, gateway, key="per_second"):
        return merged.get(case, {}).get(gateway, {}).get(key)
    rows = []
    def row(what, value, want, more=True):
        met = "-" if value is None else ("yes" if (value >= want if more else value <= want) else "no")
        rows.append(f"| {what} | {'>=' if more else '<='} {want} | {'-' if value is None else f'{value:.2f}'} | {met} |")
    def ratio(a, b):
        return a / b if a and b else None
    memory, durable = at("small-url", "heliostat-memory"), at("small-url", "heliostat")
    for other, want in (("nginx", .45), ("webflux-floor", 1.4), ("spring-cloud-gateway", 1), ("portkey", 30), ("litellm", 100)):
        row(f"small JSON, ledger in memory: times {other}", ratio(memory, at("small-url", other)), want)
    for other, want in (("nginx", .18), ("portkey", 12), ("litellm", 50)):
        row(f"small JSON, durable ledger: times {other}", ratio(durable, at("small-url", other)), want)
    row("5.6 MB base64: times nginx", ratio(at("b64-5.6MB", "heliostat"), at("b64-5.6MB", "nginx")), .5)
    row("5.6 MB base64: CPU per GB, times LiteLLM", ratio(at("b64-5.6MB", "heliostat", "cpu_s_per_gb"), at("b64-5.6MB", "litellm", "cpu_s_per_gb")), .25, False)
    small, large = at("small-1KB", "heliostat", "rss_mb"), at("b64-14MB", "heliostat", "rss_mb")
    row("RSS with 14 MB answers less RSS with 1 KB answers, MB", large - small if small and large else None, 60, False)
    row("10,000 in flight: failures", at("inflight-10000", "heliostat", "failures"), 0, False)
    row("10,000 in flight: RSS, MB", at("inflight-10000", "heliostat", "rss_mb"), 600, False)
    row("10,000 in flight: KB each", at("inflight-10000", "heliostat", "kb_per_request"), 40, False)
    row("start: times the WebFlux floor", ratio(at("start", "heliostat", "start_s"), at("start", "webflux-floor", "start_s")), 2, False)
    row("start: times LiteLLM", ratio(at("start", "heliostat", "start_s"), at("start", "litellm", "start_s")), .125, False)
    row("idle RSS: times the WebFlux floor", ratio(at("start", "heliostat", "idle_rss_mb"), at("start", "webflux-floor", "idle_rss_mb")), 1.3, False)
    for rate, by_gateway in reference.items():
        direct, nginx, ours = by_gateway.get("direct"), by_gateway.get("nginx"), by_gateway.get("heliostat-memory")
        if direct and nginx and ours:
            for q, want in (("p50", 2), ("p99", 3)):
                added = nginx[q] - direct[q]
                row(f"added {q} at {rate}/s: times nginx's", (ours[q] - direct[q]) / added if added > 0 else None, want, False)
    return ["## Targets", "", "| figure | target | measured | met |", "|---|---|---|---|", *rows]

# ---------------------------------------------------------------- main

def namespace():
    """Begins again in a network namespace with nothing but loopback, where that is permitted."""
    if os.environ.get("BENCH_NAMESPACE") or not shutil.which("unshare"):
        return
    probe = subprocess.run(["unshare", "--net", "true"], capture_output=True)
    if probe.returncode == 0:
        up = "import fcntl,socket,struct; s=socket.socket(); fcntl.ioctl(s, 0x8914, struct.pack('16sh', b'lo', 0x49))"
        os.execvpe("unshare", ["unshare", "--net", "sh", "-c", f'{sys.executable} -c "$1"; shift; exec "$@"', "sh", up, sys.executable, *sys.argv],
                   {**os.environ, "BENCH_NAMESPACE": "1"})

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateways", default="")
    parser.add_argument("--cases", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--warmup", type=int, default=60)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.warmup = 1, 5, 10
    wanted = [g for g in options.gateways.split(",") if g] or [g.name for g in GATEWAYS]
    unknown = set(wanted) - {g.name for g in GATEWAYS}
    if unknown:
        parser.error(f"--gateways: {', '.join(sorted(unknown))} (expected: some of {', '.join(g.name for g in GATEWAYS)})")
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    WORK.mkdir(parents=True, exist_ok=True)
    versions, absent, gateways = {}, {}, []
    state = WORK / "installed.json"
    if not os.environ.get("BENCH_NAMESPACE"):
        for tool in ("load", "upstream"):
            subprocess.run(["go", "build", "-o", WORK / tool, "."], cwd=BENCH / tool, check=True)
        prepare_files()
        for kind in GATEWAYS:
            if kind.name in wanted:
                try:
                    versions[kind.name] = kind().install()
                except Exception as failure:
                    absent[kind.name] = str(failure)[:200]
        state.write_text(json.dumps([versions, absent]))
        namespace()
    versions, absent = json.loads(state.read_text())
    gateways = [kind for kind in GATEWAYS if kind.name in versions and kind.name in wanted]
    upstreams = Upstreams()
    runner = Runner(upstreams, options)
    every = cases(runner)
    chosen = [c for c in options.cases.split(",") if c] or list(every)
    results, reference = {case: {kind.name: [] for kind in gateways} for case in chosen}, {}
    try:
        for case in chosen:
            for turn in range(options.rounds if case not in ("latency", "inflight-1000", "inflight-5000", "inflight-10000", "scale-1", "scale-2", "scale-4") else 1):
                order = gateways[turn % len(gateways):] + gateways[:turn % len(gateways)]
                for kind in order:
                    try:
                        found = every[case](kind())
                    except Exception as failure:
                        print(f"{case} {kind.name}: {failure}", file=sys.stderr, flush=True)
                        continue
                    if found:
                        results[case][kind.name].append(found)
                        print(case, kind.name, json.dumps({k: v for k, v in found.items() if v is not None}), file=sys.stderr, flush=True)
            if case == "small-url":
                runner.tops = {(g, "url"): statistics.median(r["per_second"] for r in rounds) for g, rounds in results[case].items() if rounds}
        top = runner.tops.get(("heliostat-memory", "url"))
        if top and "latency" in chosen:
            rate = int(top / 2)
            reference[str(rate)] = {}
            for kind in gateways:
                if kind.name in ("direct", "nginx", "heliostat-memory", "heliostat"):
                    reference[str(rate)][kind.name] = runner.reference(kind(), "url", [rate])[str(rate)]
    finally:
        upstreams.close()
        report(results, versions, absent, options, reference)

if __name__ == "__main__":
    main()
