import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Alarms, SlowFaults } from './control/alarms.ts';
import { Events } from './control/events.ts';
import { ControlPlane } from './control/functions.ts';
import { ShellpodHttpApi } from './control/http-api.ts';
import { Page } from './control/page.ts';
import { Sessions } from './control/sessions.ts';
import { SignIn } from './control/sign-in.ts';
import { SocketApi } from './control/websocket-api.ts';
import type { DataStack } from './data-stack.ts';
import type { Settings } from './settings.ts';

export interface AppStackProps extends StackProps {
	readonly data: DataStack;
	readonly settings: Settings;
}

/** What can be made again. The order is who needs whose address: APIs, page, sign-in, functions, and last the routes from APIs to functions. */
export class AppStack extends Stack {
	constructor(scope: Construct, id: string, props: AppStackProps) {
		super(scope, id, props);
		const { settings } = props;
		const { network, homes, table, users } = props.data;

		const http = new ShellpodHttpApi(this, 'Http', { gatewayRate: settings.gatewayRate });
		const socket = new SocketApi(this, 'Socket');
		const page = new Page(this, 'Page', { ...settings, httpHost: http.host, socketHost: socket.host });
		const signIn = new SignIn(this, 'SignIn', { users, deployment: settings.deployment, origin: page.origin });
		const sessions = new Sessions(this, 'Sessions', { network, homes, settings, api: `https://${http.host}`, agentRoutes: http.agentRoutes });
		const control = new ControlPlane(this, 'Control', { settings, network, table, homes, sessions, http, socket, signIn, origin: page.origin });

		http.route(control, { issuer: signIn.issuer, clientId: signIn.client.userPoolClientId });
		socket.route(control, settings.gatewayRate);
		const alarms = new Alarms(this, 'Alarms', { deployment: settings.deployment, email: settings.alarmEmail });
		new Events(this, 'Events', {
			deployment: settings.deployment,
			alarms,
			clusterArn: sessions.cluster.clusterArn,
			taskEvents: control.taskEvents,
			minutely: { Sweep: control.sweep, Slots: control.slots, Purge: control.purge },
		});
		new SlowFaults(this, 'SlowFaults', { alarms, sweep: control.sweep, purge: control.purge });
		new CfnOutput(this, 'PageAddress', { value: page.origin });
		new CfnOutput(this, 'Connections', { value: socket.connections, description: '@connections, for npm run shellpod-admin' });
		const { maxSessions, startsPerHour, createsPerDay } = settings;
		const limits = JSON.stringify({ sessions: maxSessions, startsPerHour, createsPerDay });
		new CfnOutput(this, 'Limits', { value: limits, description: 'What a user may have for whom the operator has set nothing else' });
	}
}
