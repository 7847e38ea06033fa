"""Checks rendered manifests against the Kubernetes schemas and against what the chart promises."""
import sys

import kubernetes_validate
import yaml

CUSTOM = {"ServiceMonitor", "PrometheusRule", "HTTPRoute"}


def documents(path):
    with open(path) as file:
        return [each for each in yaml.safe_load_all(file) if each]


def check(condition, sentence):
    print(("ok: " if condition else "FAILED: ") + sentence)
    if not condition:
        sys.exit(1)


def one(docs, kind, suffix=""):
    found = [each for each in docs if each["kind"] == kind and each["metadata"]["name"].endswith(suffix)]
    return found[0] if found else None


def common(docs, name):
    version = kubernetes_validate.latest_version()
    for each in docs:
        if each["kind"] not in CUSTOM:
            kubernetes_validate.validate(each, version, strict=True)
        check(each["apiVersion"] and each["metadata"]["name"], f"{name}: {each['kind']} {each['metadata']['name']} is valid")
    pod = one(docs, "Deployment")["spec"]["template"]["spec"]
    gateway = pod["containers"][0]
    check(pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == 10001, f"{name}: not root")
    check(gateway["securityContext"]["readOnlyRootFilesystem"], f"{name}: read-only root file system")
    check(gateway["securityContext"]["capabilities"]["drop"] == ["ALL"], f"{name}: no capabilities")
    check(any(m["mountPath"] == "/tmp" for m in gateway["volumeMounts"]), f"{name}: /tmp can be written")
    check(not any("subPath" in m for m in gateway["volumeMounts"]), f"{name}: no file mount that misses changes")
    check(pod["terminationGracePeriodSeconds"] >= 310 + 10, f"{name}: the grace period outlasts a generation")
    check(all(p in gateway for p in ("startupProbe", "livenessProbe", "readinessProbe")), f"{name}: probes")
    secret = [e["name"] for e in gateway["env"] if any(w in e["name"] for w in ("KEY", "TOKEN", "PASSWORD")) and "value" in e]
    check(not secret, f"{name}: no secret in plain environment {secret}")
    check(one(docs, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1, f"{name}: disruption budget")
    return pod


def main(defaults, everything):
    docs = documents(defaults)
    common(docs, "defaults")
    deployment = one(docs, "Deployment")
    check(deployment["spec"]["strategy"]["type"] == "Recreate", "defaults: Recreate on SQLite")
    check(deployment["spec"]["replicas"] == 1, "defaults: one replica")
    check(one(docs, "PersistentVolumeClaim") is not None, "defaults: a volume")
    keys = one(docs, "Secret")
    check(sorted(keys["data"]) == ["admin-key", "live-key", "secret-key", "test-key"], "defaults: keys are made")
    check(keys["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep", "defaults: keys are kept")
    check(one(docs, "Ingress") is None and one(docs, "HTTPRoute") is None, "defaults: nothing is open to the outside")

    docs = documents(everything)
    pod = common(docs, "everything")
    check(one(docs, "Secret") is None, "everything: an existing Secret is used")
    check(one(docs, "Deployment")["spec"]["strategy"]["type"] == "RollingUpdate", "everything: rolling update on PostgreSQL")
    ingress = one(docs, "Ingress")
    paths = [p["path"] for p in ingress["spec"]["rules"][0]["http"]["paths"]]
    check(paths == ["/openai/v1", "/v1", "/media"], "everything: the admin API is not on the Ingress")
    check(ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-read-timeout"] == "300", "everything: 300 s at the Ingress")
    route = one(docs, "HTTPRoute")["spec"]["rules"][0]
    check(route["timeouts"]["request"] == "300s", "everything: 300 s at the HTTPRoute")
    check(all(not m["path"]["value"].startswith("/admin") for m in route["matches"]), "everything: the admin API is not on the HTTPRoute")
    check(one(docs, "HorizontalPodAutoscaler")["spec"]["metrics"][0]["pods"]["metric"]["name"] == "heliostat_inflight", "everything: scaled by pictures in flight")
    check(one(docs, "PrometheusRule")["spec"]["groups"][0]["name"] == "heliostat", "everything: alert rules")
    check(one(docs, "ServiceMonitor")["spec"]["endpoints"][0]["path"] == "/actuator/prometheus", "everything: scraped")
    check("heliostat.json" in one(docs, "ConfigMap", "-dashboard")["data"], "everything: dashboard")
    config = [v for v in pod["volumes"] if v["name"] == "config"][0]
    items = [i["path"] for s in config["projected"]["sources"] for i in s["configMap"].get("items", [])]
    check(items == ["catalog/models/price.yaml", "catalog/providers/replicate.yaml"], "everything: catalog overlay")


main(*sys.argv[1:])
