/** Designs that must never be deployed. They run at every synthesis, so that a change of the app is refused before it reaches an account. */
import { knownActions, passedTwice } from './actions.ts';
import { mockAnswers, routeSettings, socketIdentity, socketLogs } from './apis.ts';
import type { Check, Cloud } from './cloud.ts';
import { architectures, messageLogs, reservedConcurrency } from './functions.ts';
import { fileSystemPolicies, homeBoundaries, mountsByOthers, volumes } from './homes.ts';
import { inboundRules, outboundRules, taskNetwork } from './network.ts';
import { apiBehaviours, errorResponses, pruning } from './page.ts';
import { idlePrice } from './prices.ts';
import { foreignPolicies, madeRoles, openResources, passedRoles, takeoverRights } from './roles.ts';
import { runTimeResources } from './run-time.ts';
import { branding, domainPrefixes, rotation, selfSignUp } from './sign-in.ts';
import { lastingPlace, oneWay } from './stacks.ts';
import { capacityProviders, containerSecrets, execOff, fixedRoles, logDrivers, privileges } from './tasks.ts';

export const checks = {
	apiBehaviours,
	architectures,
	branding,
	capacityProviders,
	containerSecrets,
	domainPrefixes,
	errorResponses,
	execOff,
	fileSystemPolicies,
	fixedRoles,
	foreignPolicies,
	homeBoundaries,
	idlePrice,
	inboundRules,
	knownActions,
	lastingPlace,
	logDrivers,
	madeRoles,
	messageLogs,
	mockAnswers,
	mountsByOthers,
	oneWay,
	openResources,
	outboundRules,
	passedRoles,
	passedTwice,
	privileges,
	pruning,
	reservedConcurrency,
	rotation,
	routeSettings,
	runTimeResources,
	selfSignUp,
	socketIdentity,
	socketLogs,
	takeoverRights,
	taskNetwork,
	volumes,
} as const satisfies Record<string, Check>;

/** One line for each thing that is wrong. */
export const refusals = (cloud: Cloud): string[] => Object.values(checks).flatMap((check) => check(cloud));
