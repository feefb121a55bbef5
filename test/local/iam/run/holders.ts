/** Who holds the deployed rights, by the names that people use, and which policies judge a call of theirs. */
import type { TrailLine } from '../../../support/trail.ts';
import { type Documents, type Grant, grantsOf } from './grants.ts';
import type { Run } from './record.ts';

/** One grant of one policy, and the policies that are left of all when it is taken away. */
export interface HeldGrant extends Grant {
	/** a function's name; `Home`, `Home's boundary`, `file system`, `... trust` */
	holder: string;
	/** whether a call of the record is judged by that policy */
	concerns(line: TrailLine): boolean;
	/** the documents that judge such a call, this grant excepted */
	less(line: TrailLine): Documents;
	/** as a person would look for it */
	text: string;
}

/** roles that are no function's of the control plane, by their ARNs */
const others: [name: string, RegExp][] = [
	['Home', /:role\/\w+\/homes\//],
	['execution role', /SessionsExecutionRole/],
	['page deployment', /CustomCDKBucketDeploy/],
];

const isMount = ({ action }: TrailLine): boolean => action.startsWith('elasticfilesystem:Client');
const isTaking = ({ action }: TrailLine): boolean => action === 'sts:AssumeRole';

export interface Holders {
	/** every Allow of every role, boundary and trust that is deployed; Homes that no task has mounted left out */
	grants: HeldGrant[];
	/** what judges a call of the record */
	documentsOf(line: TrailLine): Documents;
	/** policies of AWS's own that a role has, which local mode doesn't know */
	foreign: string[];
}

export const holdersOf = ({ roles, managed, fileSystem, functions, lines }: Run): Holders => {
	const names = new Map([...functions].map(([name, arn]) => [arn, name]));
	const nameOf = ({ arn }: Run['roles'][number]): string => names.get(arn) ?? others.find(([, pattern]) => pattern.test(arn))?.[0] ?? arn;

	const documentsOf = (line: TrailLine): Documents => {
		const role = roles.find(({ arn }) => arn === (isTaking(line) ? line.resource : line.caller));
		if (!role) throw new Error(`no role ${line.caller}`);
		if (isTaking(line)) return { identity: [], trust: role.trust };
		return {
			identity: Object.values(role.inline),
			...(role.boundary !== undefined && { boundary: managed[role.boundary] }),
			...(isMount(line) && { resource: fileSystem }),
		};
	};

	const held = (holder: string, document: unknown, concerns: HeldGrant['concerns'], place: 'identity' | 'boundary' | 'trust'): HeldGrant[] =>
		grantsOf(document)
			.filter(({ effect }) => effect === 'Allow')
			.map((grant) => {
				const changed = { Version: '2012-10-17', Statement: grant.rest };
				const less = (line: TrailLine): Documents => {
					const all = documentsOf(line);
					if (place === 'identity') return { ...all, identity: all.identity.map((one) => (one === document ? changed : one)) };
					return { ...all, [place]: changed };
				};
				const { action, resource, condition, value } = grant;
				const text = [
					`${holder} may ${action}`,
					resource && `on ${resource}`,
					condition && `if ${JSON.stringify(condition)}`,
					value && `for ${value}`,
				]
					.filter(Boolean)
					.join(' ');
				return { ...grant, holder, concerns, less, text };
			});

	const callers = new Set(lines.map(({ caller }) => caller));
	const deployed = roles.filter((role) => nameOf(role) !== 'Home' || callers.has(role.arn));
	const boundaries = new Set(deployed.flatMap(({ boundary }) => boundary ?? []));
	const grants = [
		...deployed.flatMap((role) => [
			...Object.values(role.inline).flatMap((document) => held(nameOf(role), document, ({ caller }) => caller === role.arn, 'identity')),
			...held(`${nameOf(role)}'s trust`, role.trust, (line) => isTaking(line) && line.resource === role.arn, 'trust'),
		]),
		...[...boundaries].flatMap((boundary) =>
			held("Home's boundary", managed[boundary], ({ caller }) => roles.some((role) => role.arn === caller && role.boundary === boundary), 'boundary'),
		),
	];
	const foreign = deployed.flatMap((role) => role.managed.filter((policy) => !(policy in managed)).map((policy) => `${nameOf(role)}: ${policy}`));
	return { grants, documentsOf, foreign };
};
