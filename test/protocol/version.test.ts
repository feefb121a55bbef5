import { commonVersion, offeredProtocols, offeredTicket, subprotocol, versions } from '@shellpod/protocol/version.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from '../support/property.ts';

const lists = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 8 });
const tickets = fc.stringMatching(/^[A-Za-z0-9_-]{22,44}$/);

describe('versions', () => {
	test('the newest that both speak is used, whoever asks', () => {
		holds([lists, lists], (ours, theirs) => {
			const both = ours.filter((version) => theirs.includes(version));
			expect(commonVersion(ours, theirs)).toBe(both.length === 0 ? undefined : Math.max(...both));
			expect(commonVersion(theirs, ours)).toBe(commonVersion(ours, theirs));
		});
	});

	test('the list of ours is not moved', () => {
		const before = [...versions];
		commonVersion(versions, [1]);
		expect(versions).toEqual(before);
	});
});

describe('[T1] offered subprotocols', () => {
	test('carry the ticket in any order, with any commas and spaces', () => {
		holds(
			[tickets, fc.shuffledSubarray(['graphql-ws', '', 'x.y'], { minLength: 0 }), fc.constantFrom(',', ', ', ' , ', ',\t', ',, '), fc.nat()],
			(ticket, others, comma, seed) => {
				const offered = [...offeredProtocols(ticket), ...others];
				const turned = [...offered.slice(seed % offered.length), ...offered.slice(0, seed % offered.length)];
				expect(offeredTicket(turned.join(comma))).toBe(ticket);
			},
		);
	});

	test('without ours there is no ticket', () => {
		expect(offeredTicket('ticket.abc')).toBeUndefined();
		expect(offeredTicket(subprotocol)).toBeUndefined();
		expect(offeredTicket(`${subprotocol.toUpperCase()}, ticket.abc`)).toBeUndefined();
		expect(offeredTicket('')).toBeUndefined();
	});
});
