package dev.heliostat.provider;

import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.heliostat.image.ProviderFailure;
import dev.heliostat.telemetry.TraceHeaders;
import dev.heliostat.testing.Ports;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.node.JsonNodeFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What goes over the wire to a provider, and what becomes of its answer.
 */
class ProviderClientTest {

	private static final TraceHeaders TRACE = new TraceHeaders(
			"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Optional.of("vendor=1"));

	private final ConcurrentLinkedQueue<HttpHeaders> heads = new ConcurrentLinkedQueue<>();

	private final ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();

	private final DisposableServer server = HttpServer.create()
		.host("127.0.0.1")
		.port(0)
		.handle((request, response) -> request.receive().aggregate().asString().defaultIfEmpty("").flatMap(body -> {
			this.heads.add(new DefaultHttpHeaders().add(request.requestHeaders()));
			this.bodies.add(body);
			return response.sendString(request.uri().endsWith("/large") ? Flux.range(0, 2000).map(i -> "x".repeat(1000))
					: Mono.just(request.method() + " " + request.uri()))
				.then();
		}))
		.bindNow();

	private final ConnectionProvider pool = ConnectionProvider.builder("test").maxConnections(1).build();

	private final URI baseUrl = URI.create("http://127.0.0.1:" + this.server.port() + "/v1");

	private final ProviderClient client = client(this.baseUrl, ObservationRegistry.NOOP);

	private ProviderClient client(URI baseUrl, ObservationRegistry observations) {
		return new ProviderClient(HttpClient.create(this.pool), baseUrl,
				Optional.of(new Credentials("Authorization", "Bearer secret", null)), observations);
	}

	@AfterEach
	void stop() {
		this.pool.disposeLater().block();
		this.server.disposeNow();
	}

	private static Endpoint endpoint(ProviderClient client, String path) {
		return client.endpoint("POST", path, path, Map.of("Content-Type", "application/json"));
	}

	private Mono<String> sent(ProviderClient client, UpstreamBody body) {
		return client.exchange(endpoint(client, "/images"), body, UpstreamResponse::text);
	}

	@Test
	void aTextGoesOutWithItsLength() {
		assertThat(sent(this.client, new UpstreamBody.Text("{\"prompt\":\"größer\"}")).block())
			.isEqualTo("POST /v1/images");
		assertThat(this.bodies).containsExactly("{\"prompt\":\"größer\"}");
		HttpHeaders head = this.heads.remove();
		assertThat(head.get("content-length")).isEqualTo("21");
		assertThat(head.get("content-type")).isEqualTo("application/json");
		assertThat(head.get("authorization")).isEqualTo("Bearer secret");
		assertThat(head.get("user-agent")).isEqualTo("heliostat");
		assertThat(head.get("accept")).isEqualTo("*/*");
		assertThat(head.contains("transfer-encoding")).isFalse();
		assertThat(head.contains("traceparent")).isFalse();
	}

	@Test
	void aFormSaysItsBoundary() {
		FormBody form = new FormBody(JsonNodeFactory.instance.objectNode().put("prompt", "A cat"), Map.of());
		sent(this.client, form).block();
		String type = this.heads.remove().get("content-type");
		assertThat(type).startsWith("multipart/form-data;boundary=");
		assertThat(this.bodies.remove()).startsWith("--" + type.substring(type.indexOf('=') + 1) + "\r\n")
			.contains("name=\"prompt\"", "A cat");
	}

	@Test
	void aBaseUrlMayHaveAQuery() {
		ProviderClient versioned = client(URI.create(this.baseUrl + "?version=1"), ObservationRegistry.NOOP);
		assertThat(versioned
			.exchange(versioned.endpoint("GET", "/a/{id}", "/a/b/c?d=e", Map.of()), UpstreamBody.NONE,
					UpstreamResponse::text)
			.block()).isEqualTo("GET /v1/a/b/c?d=e&version=1");
	}

	@Test
	void aTraceGoesOnAsItCame() {
		sent(this.client, new UpstreamBody.Text("{}")).contextWrite(TRACE::in).block();
		assertThat(this.heads.element().get("traceparent")).isEqualTo(TRACE.traceparent());
		assertThat(this.heads.element().get("tracestate")).isEqualTo("vendor=1");
	}

	@Test
	void aSpanOfTheGatewayIsTheParentOfTheOneThatTheProviderIsToldOf() {
		Spans spans = new Spans();
		ObservationRegistry observations = spans.registry();
		ProviderClient traced = client(this.baseUrl, observations);
		Observation served = Observation.start("served", observations);
		sent(traced, new UpstreamBody.Text("{}"))
			.contextWrite(context -> TRACE.in(context.put(ObservationThreadLocalAccessor.KEY, served)))
			.block();
		served.stop();
		SpanData call = spans.ended.remove();
		SpanData parent = spans.ended.remove();
		assertThat(call.getKind()).isEqualTo(SpanKind.CLIENT);
		assertThat(call.getName()).isEqualTo("http post");
		assertThat(call.getAttributes().asMap().toString()).contains("/images", "200", "SUCCESS");
		assertThat(call.getParentSpanId()).isEqualTo(parent.getSpanId());
		assertThat(this.heads.remove().get("traceparent"))
			.startsWith("00-" + parent.getTraceId() + "-" + call.getSpanId() + "-");
	}

	@Test
	void aSpanEndsWithWhatWentWrong() {
		Spans spans = new Spans();
		ObservationRegistry observations = spans.registry();
		ProviderClient traced = client(URI.create("http://127.0.0.1:" + Ports.free()), observations);
		assertThatThrownBy(() -> sent(traced, new UpstreamBody.Text("{}")).contextWrite(
				context -> context.put(ObservationThreadLocalAccessor.KEY, Observation.start("served", observations)))
			.block()).satisfies(
					error -> assertThat(UpstreamErrors.broken(error).kind()).isEqualTo(ProviderFailure.Kind.CONNECT));
		assertThat(spans.ended.remove().getAttributes().asMap().toString()).contains("NoAnswerException");
	}

	@Test
	void anAnswerThatNobodyReadsKeepsNoConnection() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.client
				.exchange(endpoint(this.client, "/large"), UpstreamBody.NONE, response -> Mono.just(response.status()))
				.block(Duration.ofSeconds(10))).isEqualTo(200);
			assertThatThrownBy(() -> this.client
				.exchange(endpoint(this.client, "/large"), UpstreamBody.NONE,
						response -> Mono.error(new IllegalStateException("not wanted")))
				.block(Duration.ofSeconds(10))).hasMessage("not wanted");
			assertThatThrownBy(
					() -> this.client.<String>exchange(endpoint(this.client, "/large"), UpstreamBody.NONE, response -> {
						throw new IllegalStateException("not readable");
					}).block(Duration.ofSeconds(10)))
				.hasMessage("not readable");
		}
		assertThatThrownBy(
				() -> this.client.exchange(endpoint(this.client, "/large"), UpstreamBody.NONE, UpstreamResponse::text)
					.block(Duration.ofSeconds(10)))
			.hasMessageContaining("Exceeded limit");
		assertThat(sent(this.client, UpstreamBody.NONE).block(Duration.ofSeconds(10))).isEqualTo("POST /v1/images");
	}

	/** Keeps the spans that end. */
	private static final class Spans implements SpanExporter {

		private final ConcurrentLinkedQueue<SpanData> ended = new ConcurrentLinkedQueue<>();

		ObservationRegistry registry() {
			OtelTracer tracer = new OtelTracer(
					SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(this)).build().get("test"),
					new OtelCurrentTraceContext(), event -> {
					});
			ObservationRegistry registry = ObservationRegistry.create();
			OtelPropagator propagator = new OtelPropagator(
					ContextPropagators.create(W3CTraceContextPropagator.getInstance()),
					OpenTelemetry.noop().getTracer("test"));
			registry.observationConfig()
				.observationHandler(new FirstMatchingCompositeObservationHandler(
						List.of(new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
								new DefaultTracingObservationHandler(tracer))));
			return registry;
		}

		@Override
		public CompletableResultCode export(Collection<SpanData> spans) {
			this.ended.addAll(spans);
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode flush() {
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode shutdown() {
			return CompletableResultCode.ofSuccess();
		}

	}

}
