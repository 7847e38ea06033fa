package dev.heliostat.simulator;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A client's server that is told of the ends of generations.
 */
public final class WebhookReceiver extends Simulator {

	private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();

	public WebhookReceiver() {
		super(0);
	}

	/** The statuses of the next answers; 204 after them. */
	public void answer(Integer... statuses) {
		this.answers.addAll(List.of(statuses));
	}

	/** The messages that arrived under a path. */
	public List<Received> messages(String path) {
		return log().stream().filter(received -> received.path().equals(path)).toList();
	}

	@Override
	protected boolean isSubmission(Received received) {
		return true;
	}

	@Override
	protected Publisher<Void> answer(Received received, HttpServerRequest request, HttpServerResponse response) {
		Integer status = this.answers.poll();
		if (status != null && status == 302) {
			response.header("location", origin() + "/elsewhere");
		}
		return response.status((status != null) ? status : 204).send();
	}

}
