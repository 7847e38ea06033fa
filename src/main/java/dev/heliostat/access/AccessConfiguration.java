package dev.heliostat.access;

import java.io.File;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SSLException;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.heliostat.access.AccessProperties.Oidc;
import dev.heliostat.ledger.DataDirectory;
import dev.heliostat.ledger.Leases;
import dev.heliostat.ledger.StoreReads;
import dev.heliostat.nodes.Hints;
import dev.heliostat.nodes.Redis;
import dev.heliostat.telemetry.MeterNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.client.HttpClient;

/**
 * Wires keys, callers and the secret.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ AccessProperties.class, BootstrapProperties.class })
class AccessConfiguration {

	@Bean
	PublicUrl publicUrl(@Value("${heliostat.public-url:}") String configured) {
		return new PublicUrl(configured);
	}

	@Bean
	SecretKey secretKey(@Value("${heliostat.secret-key:}") String current,
			@Value("${heliostat.previous-secret-keys:}") List<String> previous, DataDirectory directory) {
		return new DerivedSecretKey(new SecretProperties(current, previous), directory.resolve("secret-key"));
	}

	@Bean
	KeyStore keyStore(StoreReads store) {
		return new KeyStore(store, Clock.systemUTC());
	}

	@Bean
	DeclaredKeys declaredKeys(BootstrapProperties bootstrap, AccessProperties access) {
		return new DeclaredKeys(bootstrap, access);
	}

	@Bean
	BudgetStore budgetStore(StoreReads store, TransactionOperations transaction) {
		return new BudgetStore(store, transaction);
	}

	@Bean
	Budgets budgets(BudgetStore store, SecretKey secret, AccessProperties properties, Hints hints) {
		return new Budgets(store, secret, properties.budgets(), Clock.systemUTC(), hints);
	}

	@Bean
	BudgetChanges budgetChanges(BudgetStore store, Budgets budgets, AuditLog audit) {
		return new BudgetChanges(store, budgets, audit, Clock.systemUTC());
	}

	@Bean
	StoredSettings storedSettings(StoreReads store, AccessProperties properties, Hints hints) {
		return new StoredSettings(store, properties.limits(), hints);
	}

	@Bean
	LimitCounters limitCounters(Leases leases, ObjectProvider<Redis> redis, MeterRegistry registry) {
		MemoryCounters memory = new MemoryCounters(leases::live, Clock.systemUTC());
		Redis shared = redis.getIfAvailable();
		if (shared == null) {
			return memory;
		}
		Counter fallbacks = Counter.builder(MeterNames.REDIS_FALLBACKS)
			.description("Requests whose limits were counted by this node alone, for want of Redis")
			.register(registry);
		return new RedisCounters(shared, memory, Duration.ofSeconds(15), fallbacks::increment);
	}

	@Bean
	Limits limits(StoredSettings settings, LimitCounters limitCounters) {
		return new Limits(settings, limitCounters);
	}

	@Bean
	AuditLog auditLog(StoreReads store, TransactionOperations transaction) {
		return new AuditLog(store, transaction, Clock.systemUTC());
	}

	@Bean
	RememberedCallers rememberedCallers(Hints hints) {
		return new RememberedCallers(hints);
	}

	@Bean
	Projects projects(StoreReads store, AuditLog audit, RememberedCallers remembered, StoredSettings settings) {
		return new Projects(store, audit, settings, remembered::forget, Clock.systemUTC());
	}

	@Bean
	Keys keys(StoreReads store, KeyStore keys, DeclaredKeys declared, AuditLog audit, RememberedCallers remembered,
			StoredSettings settings) {
		return new Keys(store, keys, declared, audit, settings, remembered::forget, Clock.systemUTC());
	}

	@Bean
	Callers callers(DeclaredKeys declared, AccessProperties access, KeyStore keys, Projects projects,
			RememberedCallers remembered) {
		KnownProjects known = new KnownProjects(projects, Ticker.systemTicker());
		remembered.add(known::forget);
		Optional<TokenCallers> tokens = Optional.empty();
		if (!access.oidc().issuer().isEmpty()) {
			TokenProjects tokenProjects = new TokenProjects(access.oidc(), known);
			tokens = Optional
				.of(new TokenCallers(access.oidc(), issuerKeys(access.oidc()), tokenProjects, Clock.systemUTC()));
		}
		StoredCallers callers = new StoredCallers(declared, keys, tokens, known, access::scoped, Clock.systemUTC(),
				Ticker.systemTicker());
		remembered.add(callers::forget);
		return callers;
	}

	private static IssuerKeys issuerKeys(Oidc oidc) {
		if (oidc.audiences().isEmpty()) {
			throw new DeclaredKeyException(
					"heliostat.access.oidc.audiences: empty (expected: for whom tokens have to be)");
		}
		HttpClient http = HttpClient.create();
		if (!oidc.jwksCaFile().isEmpty()) {
			try {
				SslContext trust = SslContextBuilder.forClient().trustManager(new File(oidc.jwksCaFile())).build();
				http = http.secure(ssl -> ssl.sslContext(trust));
			}
			catch (SSLException | IllegalArgumentException ex) {
				throw new DeclaredKeyException("heliostat.access.oidc.jwks-ca-file: " + oidc.jwksCaFile()
						+ " cannot be read (expected: a file with certificates)");
			}
		}
		WebClient client = WebClient.builder().clientConnector(new ReactorClientHttpConnector(http)).build();
		return new IssuerKeys(oidc, client, System::nanoTime);
	}

	@Bean
	Doorkeeper keyDoorkeeper(Callers callers, AccessProperties access) {
		return new Doorkeeper(callers, access.throttle(), Ticker.systemTicker());
	}

	@Bean
	ClientAddress clientAddress(AccessProperties access) {
		return new ClientAddress(access.trustedProxies());
	}

	@Bean
	FirstStart firstStart(DeclaredKeys declared, AccessProperties access, KeyStore store, Keys keys, Projects projects,
			AuditLog audit, PublicUrl publicUrl) {
		return new FirstStart(declared, access.namedProjects(), store, keys, projects, audit, publicUrl, System.out);
	}

}
