package dev.heliostat.nodes;

import io.lettuce.core.RedisURI;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Wires what nodes tell each other, through Redis where one is configured.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RedisProperties.class)
class NodesConfiguration {

	/** Whether a Redis is configured. */
	static final class HasRedis implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return !context.getEnvironment().getProperty("heliostat.redis.url", "").isBlank();
		}

	}

	@Bean
	@Conditional(HasRedis.class)
	Redis redis(RedisProperties properties, MeterRegistry registry) {
		return new Redis(uri(properties), properties.timeout(), properties.prefix(), registry);
	}

	@Bean
	Hints hints(ObjectProvider<Redis> redis) {
		Redis found = redis.getIfAvailable();
		return (found != null) ? new RedisHints(found) : Hints.NONE;
	}

	static RedisURI uri(RedisProperties properties) {
		if (!properties.url().matches("rediss?://.+")) {
			throw new RedisSettingException(
					"heliostat.redis.url: has another scheme (expected: redis://host:6379, or rediss://host:6379 for TLS)");
		}
		if (properties.timeout().isZero() || properties.timeout().isNegative()) {
			throw new RedisSettingException(
					"heliostat.redis.timeout: " + properties.timeout() + " (expected: more than 0, such as 250ms)");
		}
		RedisURI uri = parse(properties.url());
		if (!properties.password().isEmpty()) {
			RedisURI.Builder builder = RedisURI.builder(uri);
			uri = properties.username().isEmpty() ? builder.withPassword(properties.password().toCharArray()).build()
					: builder.withAuthentication(properties.username(), properties.password().toCharArray()).build();
		}
		return uri;
	}

	private static RedisURI parse(String url) {
		try {
			RedisURI uri = RedisURI.create(url);
			if (uri.getHost() != null) {
				return uri;
			}
		}
		catch (IllegalArgumentException ex) {
			// Its message would show the password.
		}
		throw new RedisSettingException(
				"heliostat.redis.url: is not a URL (expected: redis://[user:password@]host[:port][/database])");
	}

}
