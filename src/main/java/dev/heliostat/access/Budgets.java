package dev.heliostat.access;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.heliostat.access.Budget.Owner;
import dev.heliostat.access.Budget.Terms;
import dev.heliostat.image.GatewayError;
import dev.heliostat.ledger.Account;
import dev.heliostat.ledger.Measure;
import dev.heliostat.nodes.Hint;
import dev.heliostat.nodes.Hints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The budgets that are in force. Which there are is kept in memory and looked up again
 * every two seconds; how much each permits and has left is only ever decided in the
 * store.
 */
public final class Budgets implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Budgets.class);

	private static final Duration LOOK = Duration.ofSeconds(2);

	private static final Duration KEEP_WINDOWS = Duration.ofDays(400);

	private final BudgetStore store;

	private final SecretKey secret;

	private final List<ConfiguredBudget> configured;

	private final Clock clock;

	private final Hints hints;

	private volatile Map<String, List<Budget>> byOwner = Map.of();

	private volatile long revision = -1;

	private volatile Disposable looking = Disposables.disposed();

	Budgets(BudgetStore store, SecretKey secret, List<ConfiguredBudget> configured, Clock clock, Hints hints) {
		this.store = store;
		this.hints = hints;
		this.secret = secret;
		this.configured = configured;
		this.clock = clock;
	}

	/**
	 * Those that a caller's request is taken out of. A test key never spends, so it is
	 * held to its own budgets only.
	 * @param endUser the keyed hash of whom the request is for, where it says so
	 */
	public List<Budget> of(Caller caller, Optional<String> endUser) {
		Map<String, List<Budget>> known = this.byOwner;
		if (known.isEmpty()) {
			return List.of();
		}
		List<Budget> found = new ArrayList<>(
				known.getOrDefault(name(new Owner(Owner.Kind.KEY, caller.keyId(), "")), List.of()));
		if (caller.kind() == Caller.Kind.TEST) {
			return found;
		}
		found.addAll(known.getOrDefault(name(new Owner(Owner.Kind.PROJECT, caller.project(), "")), List.of()));
		endUser.ifPresent(user -> {
			List<Budget> own = known.getOrDefault(name(new Owner(Owner.Kind.USER, caller.project(), user)), List.of());
			found.addAll(own);
			known.getOrDefault(name(new Owner(Owner.Kind.USER, caller.project(), "")), List.of())
				.stream()
				.filter(general -> own.stream().noneMatch(special -> isSame(special.terms(), general.terms())))
				.forEach(found::add);
		});
		return found;
	}

	/** A named user's budget stands in the place of everybody's. */
	private static boolean isSame(Terms one, Terms other) {
		return one.measure() == other.measure() && one.window() == other.window();
	}

	/** The windows of budgets at an instant. */
	public static List<Account> accounts(List<Budget> budgets, Optional<String> endUser, Instant now) {
		return budgets.isEmpty() ? List.of() : budgets.stream().map(budget -> account(budget, endUser, now)).toList();
	}

	private static Account account(Budget budget, Optional<String> endUser, Instant now) {
		long start = budget.terms().window().start(now, budget.terms().zone()).toEpochMilli();
		boolean each = budget.owner().kind() == Owner.Kind.USER && budget.owner().endUser().isEmpty();
		return new Account(budget.id(), start, each ? endUser.orElse("") : "");
	}

	/** A budget that is known here. */
	public Optional<Budget> find(String id) {
		return this.byOwner.values().stream().flatMap(List::stream).filter(known -> known.id().equals(id)).findFirst();
	}

	/** What an end user of a project is called: a keyed hash. */
	public String endUser(String project, String user) {
		byte[] name = (project + '\u0000' + user).getBytes(StandardCharsets.UTF_8);
		return HexFormat.of().formatHex(this.secret.sign("end-user", name), 0, 16);
	}

	/**
	 * Where a budget stands.
	 *
	 * @param budget which one
	 * @param reserved what is held for pictures under way, in the units that are counted
	 * @param used what was spent, in the same units
	 * @param resetsAt when it begins anew
	 */
	public record Standing(Budget budget, long reserved, long used, Optional<Instant> resetsAt) {

		/** What can still be taken. */
		public long left() {
			Measure measure = this.budget.terms().measure();
			return Math.max(0, measure.units(this.budget.terms().amount()) - this.reserved - this.used);
		}

	}

	/** Where a caller's budgets stand. */
	public Mono<List<Standing>> standings(List<Budget> budgets, Optional<String> endUser) {
		Instant now = this.clock.instant();
		return this.store.taken(accounts(budgets, endUser, now)).map(taken -> budgets.stream().map(budget -> {
			BudgetStore.Taken own = taken.getOrDefault(account(budget, endUser, now), BudgetStore.Taken.NOTHING);
			return new Standing(budget, own.reserved(), own.used(),
					budget.terms().window().end(now, budget.terms().zone()));
		}).toList());
	}

	/** Every budget, the oldest first. */
	public Mono<List<Budget>> all() {
		return this.store.all();
	}

	/** A budget by its id; fails with {@code NotFound}. */
	public Mono<Budget> get(String id) {
		return this.store.all()
			.map(all -> all.stream()
				.filter(budget -> budget.id().equals(id))
				.findFirst()
				.orElseThrow(() -> unknown(id)));
	}

	private Budget declared(ConfiguredBudget budget) {
		Owner owner = budget.owner(this);
		return new Budget(ConfiguredBudget.id(owner, budget.terms()), owner, budget.terms(), this.clock.instant(), 1);
	}

	static RuntimeException unknown(String id) {
		return new GatewayError.NotFound("No budget has the id '" + id + "'. GET /admin/v1/budgets lists them.")
			.asException();
	}

	/** Puts in force here what was changed, and tells other nodes. */
	public Mono<Void> reload() {
		return read().doOnSuccess(done -> this.hints.tell(Hint.BUDGETS, ""));
	}

	private Mono<Void> read() {
		// In this order: what changes in between shows as another revision.
		return this.store.revision()
			.flatMap(read -> this.store.all().doOnNext(budgets -> accept(read, budgets)))
			.then();
	}

	/** An older look that comes back later changes nothing. */
	private synchronized void accept(long read, List<Budget> budgets) {
		if (read < this.revision) {
			return;
		}
		Map<String, List<Budget>> fresh = new HashMap<>();
		budgets.forEach(budget -> fresh.computeIfAbsent(name(budget.owner()), first -> new ArrayList<>()).add(budget));
		this.byOwner = fresh;
		this.revision = read;
	}

	private Mono<Void> look() {
		return this.store.revision()
			.filter(known -> known != this.revision)
			.flatMap(changed -> read())
			.onErrorResume(failure -> {
				logger.warn("Budgets cannot be looked up; those known stay in force: {}", failure.getMessage());
				return Mono.empty();
			});
	}

	private Mono<Void> tidy() {
		return this.store.trim(this.clock.instant().minus(KEEP_WINDOWS)).then().onErrorComplete();
	}

	private static String name(Owner owner) {
		return owner.kind() + " " + owner.id() + ' ' + owner.endUser();
	}

	/** Before anything is served, so that no request slips through. */
	@Override
	public void start() {
		this.hints.listen(Hint.BUDGETS, text -> look().subscribe());
		List<Budget> declared = this.configured.stream().map(this::declared).toList();
		this.store.declare(declared, ConfiguredBudget.PREFIX)
			.then(Mono.defer(this::read))
			.block(Duration.ofSeconds(30));
		this.looking = Flux.interval(LOOK)
			.onBackpressureDrop()
			.concatMap(tick -> (tick % 1800 == 0) ? look().then(tidy()) : look(), 1)
			.subscribe();
	}

	@Override
	public void stop() {
		this.looking.dispose();
	}

	@Override
	public boolean isRunning() {
		return !this.looking.isDisposed();
	}

	/** Before what other processes left behind is taken up. */
	@Override
	public int getPhase() {
		return 100;
	}

}
