/**
 * Introduces the ends of a session to each other: each gets the names and tags of its peers.
 *
 * A viewer writes its connection before it reads the record, an agent writes the record before it reads the connections: of two that come at
 * once, at least one sees the other. Each end renews its own tags by its own hello; an introduction that got lost is mended by the viewer's next.
 */
import type { ControlMessage } from '@shellpod/protocol/control.ts';
import { encodeControl } from '@shellpod/protocol/encode-control.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { ConnectionId } from '@shellpod/protocol/ids.ts';
import { relay } from '@shellpod/protocol/limits.ts';
import { commonVersion } from '@shellpod/protocol/version.ts';
import type { AccessRecords, Sessions } from '../ports.ts';
import type { Connection, ConnectionStore, Cuts, Gateway, Sent } from '../relay-ports.ts';
import { mayStay } from './access.ts';
import type { Caller } from './callers.ts';
import { agentCut } from './cuts.ts';
import { agentHello, maxPeers, type Refusal, readHello, type Said, viewerHello } from './hello.ts';
import type { IdleLimits } from './idle-limits.ts';
import type { RelayKeys } from './relay-keys.ts';
import { mintTag } from './tags.ts';
import { together } from './together.ts';
import type { NoteVisit } from './visits.ts';

/** An end that has said what it speaks. */
type End = Connection & { versions: readonly number[] };

/** how often a record is read again after somebody else wrote it */
const attempts = 5;

export interface IntroductionDeps {
	sessions: Pick<Sessions, 'get' | 'put'>;
	connections: ConnectionStore;
	cuts: Pick<Cuts, 'until'>;
	access: Pick<AccessRecords, 'get'>;
	gateway: Gateway;
	keys: RelayKeys;
	/** ARN of the task definition that a task which starts now is made of */
	base: string;
	noteVisit: NoteVisit;
	idle: IdleLimits;
	now: () => Date;
}

export interface Introductions {
	hello(id: ConnectionId, caller: Caller, body: string | undefined): Promise<void>;
}

export const createIntroductions = ({
	sessions,
	connections,
	cuts,
	access,
	gateway,
	keys,
	base,
	noteVisit,
	idle,
	now,
}: IntroductionDeps): Introductions => {
	const tell = (to: ConnectionId, message: ControlMessage): Promise<Sent> => gateway.post(to, encodeControl(message));

	const refuse = async (id: ConnectionId, { refused, message }: Refusal): Promise<void> => {
		await tell(id, { type: 'fatal', code: refused, message });
	};

	/** `to` as a peer of `from`. */
	const peerOf = async (from: End, to: End) => ({
		sender: to.sender,
		tag: mintTag(await keys.signing(), from.id, from, { connection: to.id, sender: to.sender }, now().getTime() + relay.tagMs),
		expiresInMs: relay.tagMs,
		versions: [...to.versions],
	});

	const welcome = async (self: End, others: readonly End[]): Promise<Sent> => {
		const peers = await Promise.all(others.map((other) => peerOf(self, other)));
		return tell(self.id, { type: 'welcome', sender: self.sender, session: self.session, generation: self.generation, peers });
	};

	/** Tells one end of another. What is gone is forgotten. */
	const introduce = async (self: End, to: End): Promise<Sent> => {
		const sent = await tell(to.id, { type: 'peer', generation: to.generation, peer: await peerOf(to, self) });
		if (sent === 'gone') await connections.remove(to.session, to.id);
		return sent;
	};

	const dismiss = async (viewer: Connection): Promise<void> => {
		await Promise.all([gateway.close(viewer.id), connections.remove(viewer.session, viewer.id)]);
	};

	const viewerComes = async (self: End): Promise<void> => {
		const [, allowed] = await together([connections.put(self, now()), access.get(self.user)]);
		// Its right has ended since it came. The page asks for its next ticket, and is told there.
		if (!mayStay(allowed, self.id)) return dismiss(self);
		const decision = viewerHello(await sessions.get(self.user, self.session), self, self.versions, now());
		if ('refused' in decision) {
			await connections.remove(self.session, self.id);
			return refuse(self.id, decision);
		}
		if ('outdated' in decision) return dismiss(self);
		const lease = decision.agent;
		const agent: End | undefined = lease && { ...self, role: 'agent', id: lease.connectionId, sender: lease.sender, versions: lease.versions };
		// The agent drops frames of strangers, so it hears first.
		const reachable = agent && (await introduce(self, agent)) !== 'gone' ? [agent] : [];
		await welcome(self, reachable);
		const awayUntil = reachable.length > 0 ? undefined : await cuts.until({ ...self, role: 'agent' }, now());
		if (awayUntil !== undefined)
			await tell(self.id, { type: 'away', code: 'flooding', message: agentCut, retryAfterMs: awayUntil - now().getTime() });
	};

	/** Undefined when the agent was refused, else whether it had this connection already. */
	const lease = async (self: End, said: Said): Promise<{ renewed: boolean } | undefined> => {
		for (let attempt = 0; attempt < attempts; attempt++) {
			const record = await sessions.get(self.user, self.session);
			const decision = agentHello(record, self, self.id, said, now(), base, idle);
			const known = decision.record === undefined || decision.record === record || (await sessions.put(decision.record));
			if (!known) continue;
			if (!('refused' in decision)) return { renewed: decision.renewed };
			await refuse(self.id, decision);
			return undefined;
		}
		throw new ShellPodError('conflict', "The session's record is written by too many at once.");
	};

	const agentComes = async (self: End, said: Said): Promise<void> => {
		const leased = await lease(self, said);
		if (!leased) return;
		const viewers = await connections.list(self.session);
		const peers = viewers
			.filter((viewer): viewer is End => viewer.versions !== undefined && commonVersion(self.versions, viewer.versions) !== undefined)
			.filter(({ generation }) => generation === self.generation)
			.slice(0, maxPeers);
		await welcome(self, peers);
		// Those who came for an older task are let go, so that they come again for this one.
		await together(viewers.filter(({ generation }) => generation < self.generation).map(dismiss));
		if (leased.renewed) return;
		await together(peers.map((peer) => introduce(self, peer)));
		await noteVisit(self.session, { kind: 'agent_came', generation: self.generation });
	};

	return {
		hello: async (id, caller, body) => {
			const hello = readHello(body);
			if ('refused' in hello) return refuse(id, hello);
			const self: End = { id, ...caller, versions: hello.versions };
			return caller.role === 'agent' ? agentComes(self, hello) : viewerComes(self);
		},
	};
};
