/** What a task may ask for over HTTP, known by its role and id: a ticket, as `task-image/agent/ticket.ts` makes of the answer, and that its failure is heard. */
import { type AgentReport, AgentTicket, Problem } from '@shellpod/protocol/http.ts';
import type { TicketAnswer } from '@shellpod/task-image/agent/ticket.ts';
import type { TaskRecord } from '../../../local/ecs/machine/state.ts';
import type { Life } from '../kernel/life.ts';
import type { Http, HttpAnswer } from './http.ts';
import { account } from './names.ts';

export interface AgentDoors {
	ticket(): Promise<TicketAnswer>;
	report(kind: AgentReport['kind'], text: string): Promise<void>;
}

/** ms that the agent waits; `task-image/agent/http.ts` */
const patience = 10_000;

const answerOf = (answer: HttpAnswer | undefined): TicketAnswer => {
	if (answer?.status === 200) return { kind: 'ticket', ticket: AgentTicket.parse(answer.body) };
	const problem = Problem.safeParse(answer?.body);
	if (problem.success && problem.data.code === 'forbidden') return { kind: 'unwanted', reason: problem.data.detail };
	return { kind: 'failed', reason: `no ticket: ${answer?.status ?? 'no answer'}` };
};

export interface AgentDoorsOptions {
	http: Http;
	/** name of the role that the task runs under */
	roleOf(task: TaskRecord): string;
}

export const createAgentDoors =
	({ http, roleOf }: AgentDoorsOptions) =>
	(task: TaskRecord, life: Life): AgentDoors => {
		const userArn = `arn:aws:sts::${account}:assumed-role/${roleOf(task)}/${task.id}`;
		return {
			ticket: async () => {
				const silence = life.sleep(patience).then(() => undefined);
				return answerOf(await life.living(Promise.race([http('agent-tickets', { userArn }), silence])));
			},
			report: async (kind, text) => void (await http('agent-report', { userArn, report: { kind, text } })),
		};
	};
