package dev.heliostat.access;

import java.time.Clock;
import java.util.List;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.heliostat.ledger.DataDirectory;
import dev.heliostat.ledger.Leases;
import dev.heliostat.ledger.StoreReads;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionOperations;

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
	Callers callers(BootstrapProperties bootstrap, AccessProperties access, KeyStore keys) {
		return new StoredCallers(new BootstrapKeys(bootstrap, access.allowWeakKeys()), keys, access::scoped,
				Ticker.systemTicker());
	}

	@Bean
	Budgets budgets(StoreReads store, TransactionOperations transaction, SecretKey secret,
			AccessProperties properties) {
		return new Budgets(new BudgetStore(store, transaction), secret, properties.budgets(), Clock.systemUTC());
	}

	@Bean
	Limits limits(AccessProperties properties, Leases leases) {
		return new Limits(properties.limits(), leases::live, Clock.systemUTC());
	}

	@Bean
	FirstStart firstStart(BootstrapProperties bootstrap, StoreReads store, KeyStore keys,
			TransactionOperations transaction, PublicUrl publicUrl) {
		return new FirstStart(bootstrap, store, keys, transaction, publicUrl, System.out);
	}

}
