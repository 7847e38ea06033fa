package dev.heliostat.nodes;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.heliostat.telemetry.MeterNames;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A Redis or Valkey that all nodes share. While it does not answer, everything fails at
 * once, and it is asked twice a second whether it is well again.
 */
public final class Redis implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Redis.class);

	private static final Duration PAUSE = Duration.ofMillis(500);

	/** What a start waits for a first answer; without one it goes on all the same. */
	private static final Duration FIRST = Duration.ofSeconds(2);

	/** Does what the real scripts do, so that it fails where they would. */
	private static final Script PROBE = Script
		.of("redis.call('SET', KEYS[1], redis.call('TIME')[1], 'PX', 10000) return {1}");

	private final RedisURI uri;

	private final String prefix;

	private final ClientResources resources;

	private final RedisClient client;

	private final AtomicBoolean up = new AtomicBoolean();

	private final List<Runnable> recoveries = new CopyOnWriteArrayList<>();

	private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

	private volatile @Nullable StatefulRedisConnection<String, String> connection;

	private volatile @Nullable StatefulRedisPubSubConnection<String, String> messages;

	private volatile Disposable probing = Disposables.disposed();

	private volatile boolean said;

	Redis(RedisURI uri, Duration timeout, String prefix, MeterRegistry registry) {
		uri.setTimeout(FIRST);
		this.uri = uri;
		this.prefix = prefix;
		// A lost connection is tried again as often as this asks for it.
		this.resources = DefaultClientResources.builder()
			.ioThreadPoolSize(2)
			.computationThreadPoolSize(2)
			.reconnectDelay(Delay.constant(PAUSE))
			.build();
		this.client = RedisClient.create(this.resources);
		this.client.setOptions(ClientOptions.builder()
			.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
			.socketOptions(SocketOptions.builder().connectTimeout(FIRST).build())
			.timeoutOptions(TimeoutOptions.enabled(timeout))
			.build());
		Gauge.builder(MeterNames.REDIS_UP, this.up, known -> known.get() ? 1 : 0)
			.description("1 while Redis answers, 0 while every node goes by its own share of limits")
			.register(registry);
	}

	/** What is kept under a name. */
	public String key(String name) {
		return this.prefix + ':' + name;
	}

	/** Whether it answered when it was last asked. */
	public boolean isUp() {
		return this.up.get();
	}

	/** Runs something each time that Redis answers again. */
	public void onRecovery(Runnable recovery) {
		this.recoveries.add(recovery);
	}

	/**
	 * Runs a script; fails with {@link RedisUnavailableException}. What is sent one after
	 * the other by one thread also runs in this order. The answer comes on a thread of
	 * the connection.
	 */
	public CompletionStage<List<Object>> run(Script script, List<String> keys, List<String> arguments) {
		StatefulRedisConnection<String, String> open = this.connection;
		if (open == null || !this.up.get()) {
			return CompletableFuture.failedFuture(RedisUnavailableException.KNOWN);
		}
		try {
			return run(open, script, keys, arguments).exceptionallyCompose(this::unavailable);
		}
		catch (RuntimeException ex) {
			return unavailable(ex);
		}
	}

	private static CompletionStage<List<Object>> run(StatefulRedisConnection<String, String> open, Script script,
			List<String> keys, List<String> arguments) {
		String[] named = keys.toArray(String[]::new);
		String[] values = arguments.toArray(String[]::new);
		return open.async()
			.<List<Object>>evalsha(script.digest(), ScriptOutputType.MULTI, named, values)
			.exceptionallyCompose(failure -> (cause(failure) instanceof RedisNoScriptException)
					? open.async().<List<Object>>eval(script.text(), ScriptOutputType.MULTI, named, values)
					: CompletableFuture.failedFuture(failure));
	}

	private CompletionStage<List<Object>> unavailable(Throwable failure) {
		failed(failure);
		return CompletableFuture.failedFuture(RedisUnavailableException.KNOWN);
	}

	private static Throwable cause(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	void onMessage(Consumer<String> listener) {
		this.listeners.add(listener);
	}

	void publish(String message) {
		StatefulRedisConnection<String, String> open = this.connection;
		if (open != null && this.up.get()) {
			try {
				open.async().publish(key("hints"), message);
			}
			catch (RuntimeException ex) {
				failed(ex);
			}
		}
	}

	private Mono<Void> probe() {
		return Mono
			.fromCompletionStage(
					() -> connected().thenCompose(open -> run(open, PROBE, List.of(key("probe")), List.of())))
			.timeout(FIRST.multipliedBy(2))
			.doOnNext(answer -> answered())
			.onErrorResume(failure -> {
				failed(failure);
				return Mono.empty();
			})
			.then();
	}

	private CompletionStage<StatefulRedisConnection<String, String>> connected() {
		StatefulRedisConnection<String, String> open = this.connection;
		if (open != null) {
			return CompletableFuture.completedFuture(open);
		}
		return this.client.connectAsync(StringCodec.UTF8, this.uri)
			.thenCompose(fresh -> listening().handle((done, failure) -> {
				if (failure != null) {
					fresh.closeAsync();
					throw new CompletionException(cause(failure));
				}
				this.connection = fresh;
				return fresh;
			}));
	}

	/** The subscription outlives lost connections. */
	private CompletionStage<Void> listening() {
		if (this.messages != null) {
			return CompletableFuture.completedFuture(null);
		}
		return this.client.connectPubSubAsync(StringCodec.UTF8, this.uri).thenCompose(fresh -> {
			fresh.addListener(new RedisPubSubAdapter<>() {

				@Override
				public void message(String channel, String message) {
					Redis.this.listeners.forEach(listener -> listener.accept(message));
				}

			});
			return fresh.async().subscribe(key("hints")).handle((done, failure) -> {
				if (failure != null) {
					fresh.closeAsync();
					throw new CompletionException(cause(failure));
				}
				this.messages = fresh;
				return done;
			});
		});
	}

	private void answered() {
		if (this.up.compareAndSet(false, true)) {
			this.said = true;
			logger.info("Redis at {} answers: limits are counted over all nodes", place());
			this.recoveries.forEach(Runnable::run);
		}
	}

	private void failed(Throwable failure) {
		if (this.up.compareAndSet(true, false) || !this.said) {
			this.said = true;
			logger.warn(
					"Redis at {} does not answer: every node enforces its own share of the limits until it does ({})",
					place(), cause(failure).getMessage());
		}
	}

	private String place() {
		return this.uri.getHost() + ':' + this.uri.getPort();
	}

	@Override
	public void start() {
		probe().block();
		this.probing = Flux.interval(PAUSE).onBackpressureDrop().concatMap(tick -> probe(), 1).subscribe();
	}

	/** After everything that may still want to say something. */
	@Override
	public void stop() {
		this.probing.dispose();
		this.up.set(false);
		this.client.shutdown(Duration.ZERO, FIRST);
		this.resources.shutdown(0, FIRST.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
	}

	@Override
	public boolean isRunning() {
		return !this.probing.isDisposed();
	}

	/** Before those who use it. */
	@Override
	public int getPhase() {
		return 0;
	}

}
