package dev.heliostat.generation;

import java.time.Clock;

import dev.heliostat.access.AuditLog;
import dev.heliostat.access.Budgets;
import dev.heliostat.access.Limits;
import dev.heliostat.access.SecretKey;
import dev.heliostat.access.StoredSettings;
import dev.heliostat.attempt.Attempts;
import dev.heliostat.catalog.Catalogs;
import dev.heliostat.ledger.Cancellations;
import dev.heliostat.ledger.KeptPrompts;
import dev.heliostat.ledger.Leases;
import dev.heliostat.ledger.Ledger;
import dev.heliostat.ledger.PendingOrders;
import dev.heliostat.ledger.StoreReads;
import dev.heliostat.ledger.Webhooks;
import dev.heliostat.media.EgressGuard;
import dev.heliostat.media.MediaStore;
import dev.heliostat.media.SealedUploads;
import dev.heliostat.media.Transcoder;
import dev.heliostat.nodes.Hints;
import dev.heliostat.pricing.Pricer;
import dev.heliostat.provider.ParameterRules;
import dev.heliostat.provider.Providers;
import dev.heliostat.routing.Router;
import dev.heliostat.routing.RoutingProperties;
import dev.heliostat.telemetry.GatewayMeters;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Wires {@link Generations}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ GenerationProperties.class, WebhookProperties.class, BudgetNoticeProperties.class,
		PromptProperties.class })
class GenerationConfiguration {

	@Bean
	Running runningGenerations(GatewayMeters meters, Ledger ledger, GenerationProperties properties) {
		return new Running(meters, ledger, properties.shutdownPatience(), properties.deadline());
	}

	@Bean
	Awaited awaitedGenerations(Ledger ledger, Hints hints) {
		return new Awaited(ledger, hints);
	}

	@Bean
	Delivery delivery(MediaStore media, Transcoder transcoder) {
		return new Delivery(media, transcoder, Clock.systemUTC());
	}

	@Bean
	Ends ends(Ledger ledger) {
		return new Ends(ledger);
	}

	@Bean
	Prompts prompts(KeptPrompts kept, StoredSettings settings, PromptProperties properties, SecretKey secret) {
		return new Prompts(kept, settings, properties, secret, Clock.systemUTC());
	}

	@Bean
	Results results(SecretKey secret, Delivery delivery) {
		return new Results(secret, delivery);
	}

	@Bean
	Booking booking(Pricer pricer, GatewayMeters meters) {
		return new Booking(pricer, meters);
	}

	@Bean
	Repetitions repetitions(Running running, Awaited awaited, Results results, GatewayMeters meters) {
		return new Repetitions(running, awaited, results, meters);
	}

	@Bean
	Pending pendingGenerations(PendingOrders orders, SealedUploads uploads, SecretKey secret) {
		return new Pending(orders, uploads, secret);
	}

	@Bean
	WebhookMessages webhookMessages(Webhooks webhooks, SecretKey secret, WebhookProperties properties) {
		return new WebhookMessages(webhooks, secret, properties, Clock.systemUTC());
	}

	@Bean
	WebhookSender webhookSender(Webhooks webhooks, WebhookMessages messages, WebhookView view,
			OwnGenerations generations, Ledger ledger, EgressGuard guard, SecretKey secret, GatewayMeters meters,
			WebhookProperties properties) {
		return new WebhookSender(webhooks, messages, view, generations, ledger, guard, secret, meters, properties,
				Clock.systemUTC());
	}

	@Bean
	Cancelled cancelledGenerations() {
		return new Cancelled();
	}

	@Bean
	Resumption resumption(Catalogs catalogs, Providers providers, Attempts attempts, Booking booking, Delivery delivery,
			Results results, Ledger ledger, Ends ends, SecretKey secret, Pending pending, Cancelled cancelled,
			Generations generations) {
		return new Resumption(catalogs, providers, attempts, booking, delivery, results, ledger, ends, secret, pending,
				cancelled, generations, Clock.systemUTC());
	}

	@Bean
	Recovery recovery(Leases leases, Resumption resumption, Cancellations cancellations, Cancelled cancelled,
			PendingOrders orders, GenerationProperties properties, Running running, Ends ends) {
		return new Recovery(leases, resumption, properties.lease(), cancellations, cancelled, orders,
				id -> running.isHere(id) || ends.isHeld(id));
	}

	@Bean
	Allowance allowance(Budgets budgets, Limits limits, WebhookMessages messages, EgressGuard guard,
			BudgetNoticeProperties properties, GatewayMeters meters) {
		Clock clock = Clock.systemUTC();
		return new Allowance(budgets, limits, new BudgetNotices(budgets, messages, guard, properties, clock), meters,
				clock);
	}

	@Bean
	Pictures pictures(Providers providers, ParameterRules rules, Pricer pricer, Attempts attempts, Ledger ledger,
			GatewayMeters meters, RoutingProperties routing, Booking booking, SecretKey secret, Cancelled cancelled,
			Allowance allowance) {
		Submissions submissions = new Submissions(providers, rules, pricer, attempts, ledger, meters, booking, secret,
				cancelled, allowance, routing.patience());
		return new Pictures(submissions, routing.retry() == RoutingProperties.Retry.EAGER);
	}

	@Bean
	OwnGenerations ownGenerations(Ledger ledger, Repetitions repetitions, Results results, Running running,
			Cancelled cancelled, Cancellations cancellations, MediaStore media, Prompts prompts) {
		return new OwnGenerations(ledger, repetitions, results, running, cancelled, cancellations, media, prompts);
	}

	@Bean
	Publications publications(StoreReads store, TransactionOperations transaction, OwnGenerations own, Results results,
			MediaStore media, AuditLog audit) {
		return new Publications(new PublicationStore(store, transaction), own, results, media, audit,
				Clock.systemUTC());
	}

	@Bean
	Generations generations(Router router, Transcoder transcoder, Pictures pictures, Ledger ledger, Ends ends,
			Delivery delivery, Running running, GenerationProperties properties, Repetitions repetitions,
			Results results, Leases leases, Pending pending, Prompts prompts, Cancelled cancelled,
			WebhookMessages webhooks, Allowance allowance) {
		return new Generations(router, new Outputs(transcoder), pictures, ledger,
				new Conclusion(delivery, results, ends, cancelled, allowance), running,
				new Admission(ledger, ends, properties, Clock.systemUTC()), repetitions, pending, prompts, cancelled,
				webhooks, allowance, leases::owner, Clock.systemUTC());
	}

}
