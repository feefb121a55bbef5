/**
 * Tags: the right to send frames from one connection to one other, checked without a read.
 *
 *   <key id>.<end, ms, base 36>.<peer's sender name>.<peer's connection>.<mac>
 *
 * The mac binds the tag to its sender's own connection, role, name, session and generation, none of which stand in it: they come from the
 * gateway, so that a tag is worth nothing on any other socket. The ends treat it as opaque.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type ConnectionId, connectionId, patterns, type SenderId, senderId } from '@shellpod/protocol/ids.ts';
import type { KeyRing } from '../relay-ports.ts';
import type { Caller } from './callers.ts';

export interface TagPeer {
	connection: ConnectionId;
	sender: SenderId;
}

/** bytes of the mac that are kept: 128 bits can't be guessed */
const macBytes = 16;

type Signed = Pick<Caller, 'role' | 'sender' | 'session' | 'generation'>;

/** By ring: to make a key of a secret takes four times as long as to sign with it. */
const made = new WeakMap<KeyRing, Map<string, KeyObject>>();

const keyOf = (ring: KeyRing, kid: string): KeyObject | undefined => {
	const ofRing = made.get(ring) ?? new Map<string, KeyObject>();
	made.set(ring, ofRing);
	const known = ofRing.get(kid);
	if (known || !Object.hasOwn(ring.keys, kid)) return known;
	const key = createSecretKey(Buffer.from(ring.keys[kid] ?? '', 'base64url'));
	ofRing.set(kid, key);
	return key;
};

const macOf = (key: KeyObject, kid: string, end: string, from: ConnectionId, caller: Signed, peer: TagPeer): string =>
	createHmac('sha256', key)
		// None of the fields can contain the separator.
		.update([kid, end, from, caller.role, caller.sender, caller.session, caller.generation, peer.sender, peer.connection].join('|'))
		.digest()
		.subarray(0, macBytes)
		.toString('base64url');

/** Allows `caller`, on its connection `from`, to send to `peer` until `end` (ms since 1970). */
export const mintTag = (ring: KeyRing, from: ConnectionId, caller: Signed, peer: TagPeer, end: number): string => {
	const key = keyOf(ring, ring.current);
	if (!key) throw new Error('the key ring lacks its current key');
	const end36 = end.toString(36);
	const mac = macOf(key, ring.current, end36, from, caller, peer);
	return [ring.current, end36, peer.sender, peer.connection, mac].join('.');
};

export interface ParsedTag {
	kid: string;
	end: string;
	peer: TagPeer;
	mac: string;
}

/** What a tag claims, with nothing of it believed yet. */
export const parseTag = (tag: string): ParsedTag | undefined => {
	const [kid, end, sender, connection, mac, ...rest] = tag.split('.');
	if (kid === undefined || end === undefined || sender === undefined || connection === undefined || mac === undefined || rest.length > 0)
		return undefined;
	if (!/^[a-z0-9]{1,8}$/.test(kid) || !/^[a-z0-9]{1,10}$/.test(end) || !/^[A-Za-z0-9_-]{22}$/.test(mac)) return undefined;
	if (!patterns.sender.test(sender) || !patterns.connection.test(connection)) return undefined;
	return { kid, end, peer: { sender: senderId(sender), connection: connectionId(connection) }, mac };
};

/** `unknown`: signed with a key that we don't have; it may be newer than what we read. */
export type TagVerdict = 'good' | 'ended' | 'forged' | 'unknown';

export const checkTag = (ring: KeyRing | undefined, from: ConnectionId, caller: Signed, tag: ParsedTag, now: Date): TagVerdict => {
	const key = ring && keyOf(ring, tag.kid);
	if (!key) return 'unknown';
	// Compared as text: two texts can stand for the same bytes, and a tag has one form only.
	const expected = macOf(key, tag.kid, tag.end, from, caller, tag.peer);
	if (!timingSafeEqual(Buffer.from(expected), Buffer.from(tag.mac))) return 'forged';
	return Number.parseInt(tag.end, 36) > now.getTime() ? 'good' : 'ended';
};
