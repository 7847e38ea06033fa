package dev.heliostat.console;

import java.security.SecureRandom;
import java.time.Clock;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.heliostat.access.Callers;
import dev.heliostat.access.ClientAddress;
import dev.heliostat.access.PublicUrl;
import dev.heliostat.access.SecretKey;
import dev.heliostat.api.FormOrders;
import dev.heliostat.attempt.Health;
import dev.heliostat.catalog.ReloadingCatalogs;
import dev.heliostat.generation.Generations;
import dev.heliostat.generation.OwnGenerations;
import dev.heliostat.generation.Publications;
import dev.heliostat.ledger.GenerationReports;
import dev.heliostat.ledger.StoreReads;
import dev.heliostat.ledger.UsageReports;
import dev.heliostat.media.MediaStore;
import dev.heliostat.pricing.Pricer;
import dev.heliostat.provider.ParameterRules;
import dev.heliostat.provider.Providers;
import io.micrometer.core.instrument.MeterRegistry;
import org.thymeleaf.ITemplateEngine;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Wires the console.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "heliostat.console.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ConsoleProperties.class)
class ConsoleConfiguration {

	@Bean
	Assets consoleAssets() {
		return new Assets();
	}

	@Bean
	Pages consolePages(ITemplateEngine engine, Assets assets, PublicUrl publicUrl, MediaStore media) {
		return new Pages(engine, assets, publicUrl, media.origin());
	}

	@Bean
	Sessions sessions(SecretKey secret, ConsoleProperties properties, PublicUrl publicUrl) {
		return new Sessions(secret, properties.session(), () -> publicUrl.value().startsWith("https:"),
				Clock.systemUTC());
	}

	@Bean
	FormTokens formTokens(SecretKey secret) {
		return new FormTokens(secret);
	}

	@Bean
	SignIn signIn(Callers callers, Sessions sessions, FormTokens tokens, Pages pages) {
		return new SignIn(callers, sessions, tokens, new Throttle(Ticker.systemTicker()), pages);
	}

	@Bean
	Doorkeeper consoleDoor(Callers callers, Sessions sessions, FormTokens tokens, SignIn signIn,
			ClientAddress addresses, ConsoleProperties properties) {
		return new Doorkeeper(callers, sessions, tokens, signIn, addresses, properties.publicCatalog());
	}

	@Bean
	PageErrors pageErrors(Pages pages, Doorkeeper door) {
		return new PageErrors(pages, door);
	}

	@Bean
	UsualPrices usualPrices(ParameterRules rules, Pricer pricer) {
		return new UsualPrices(rules, pricer);
	}

	@Bean
	OfferingCards offeringCards(Providers providers, Health health, UsualPrices prices) {
		return new OfferingCards(providers, health, prices);
	}

	@Bean
	ComputedAnswers computedAnswers(Providers providers, UsualPrices prices) {
		return new ComputedAnswers(providers, prices);
	}

	@Bean
	ModelListPage modelListPage(ReloadingCatalogs catalogs, Providers providers, ComputedAnswers answers,
			OfferingCards offerings, Pages pages) {
		return new ModelListPage(catalogs, providers, answers, offerings, pages);
	}

	@Bean
	GalleryPages galleryPages(Publications publications, ReloadingCatalogs catalogs, PublicUrl publicUrl, Pages pages) {
		return new GalleryPages(publications, catalogs, publicUrl, pages);
	}

	@Bean
	BenchmarkPages benchmarkPages(GenerationReports reports, StoreReads store, FormOrders forms,
			Generations generations, OwnGenerations own, ReloadingCatalogs catalogs, Pages pages) {
		Clock clock = Clock.systemUTC();
		BenchmarkStore benchmarks = new BenchmarkStore(store, clock);
		BenchmarkPlans plans = new BenchmarkPlans(forms, generations, pages);
		OfferingMeasurements measurements = new OfferingMeasurements(reports, clock);
		return new BenchmarkPages(measurements, benchmarks, plans,
				new BenchmarkRuns(benchmarks, plans, generations, own, measurements, pages, clock), catalogs, pages,
				clock);
	}

	@Bean
	ArenaPages arenaPages(FormOrders forms, Generations generations, OwnGenerations own, StoreReads store,
			RunViews views, ReloadingCatalogs catalogs, Pages pages) {
		return new ArenaPages(new ArenaPairs(forms, generations, catalogs, pages, new SecureRandom()),
				new ArenaStore(store), generations, own, views, catalogs, pages, Clock.systemUTC());
	}

	@Bean
	ModelPages modelPages(ReloadingCatalogs catalogs, OfferingCards offerings, ComputedAnswers answers,
			PublicUrl publicUrl, GalleryPages gallery, BenchmarkPages benchmarks, Pages pages) {
		return new ModelPages(catalogs, new ModelCards(offerings, answers, publicUrl), gallery, benchmarks, pages);
	}

	@Bean
	DocumentPages documentPages(Pages pages) {
		return new DocumentPages(pages);
	}

	@Bean
	Looks looks() {
		return new Looks();
	}

	@Bean
	RunViews runViews(ReloadingCatalogs catalogs, Looks looks, PublicUrl publicUrl) {
		return new RunViews(catalogs, looks, publicUrl, Clock.systemUTC());
	}

	@Bean
	Playground playground(ReloadingCatalogs catalogs, Providers providers, FormOrders forms, Generations generations,
			OwnGenerations own, Looks looks, RunViews views, PublicUrl publicUrl, Pages pages) {
		return new Playground(catalogs, providers, forms,
				new PlaygroundRuns(forms, generations, own, looks, views, publicUrl),
				new PlaygroundPrices(forms, generations, pages), pages);
	}

	@Bean
	GenerationPages generationPages(OwnGenerations own, Publications publications, RunViews views, Looks looks,
			Pages pages) {
		return new GenerationPages(own, publications, views, looks, pages);
	}

	@Bean
	DeskPage deskPage(ReloadingCatalogs catalogs, Providers providers, Health health, UsageReports usage,
			MeterRegistry meters, Desk desk) {
		return new DeskPage(catalogs, providers, health, usage, meters, desk);
	}

}
