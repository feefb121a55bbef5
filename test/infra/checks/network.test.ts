import { describe } from 'vitest';
import { type Garden, plants } from './planted.ts';

const tasks = ({ of }: Garden) => of('AWS::EC2::SecurityGroup', (_, id) => id.startsWith('Sessions'));
const homes = ({ of }: Garden) => of('AWS::EC2::SecurityGroup', (_, id) => id.startsWith('Homes'));

describe('[security 12] security groups', () => {
	plants('inboundRules', [
		[
			'ssh into tasks',
			(garden) => (tasks(garden).SecurityGroupIngress = [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }]),
			/lets connections in/,
		],
		[
			'tasks into tasks',
			({ add }) =>
				add('AWS::EC2::SecurityGroupIngress', {
					GroupId: { 'Fn::GetAtt': ['SessionsTaskGroup', 'GroupId'] },
					SourceSecurityGroupId: { 'Fn::GetAtt': ['SessionsTaskGroup', 'GroupId'] },
					IpProtocol: 'tcp',
					FromPort: 2049,
					ToPort: 2049,
				}),
			/lets connections in/,
		],
		[
			'anybody into the file system',
			(garden) => (homes(garden).SecurityGroupIngress = [{ CidrIp: '10.0.0.0/8', IpProtocol: 'tcp', FromPort: 2049, ToPort: 2049 }]),
			/lets connections in/,
		],
		['all ports of the file system', ({ of }) => (of('AWS::EC2::SecurityGroupIngress').FromPort = 0), /lets connections in/],
	]);
	plants('outboundRules', [
		['everything out', (garden) => tasks(garden).SecurityGroupEgress.push({ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }), /lets everything out/],
		[
			'a range of ports out',
			(garden) => tasks(garden).SecurityGroupEgress.push({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 1, ToPort: 1024 }),
			/single TCP ports/,
		],
	]);
});

describe('[1.14] where tasks are placed', () => {
	plants('taskNetwork', [
		['a VPC without names', ({ of }) => (of('AWS::EC2::VPC').EnableDnsHostnames = false), /resolves no names/],
		['a subnet without a way out', ({ of }) => delete of('AWS::EC2::Route').GatewayId, /no way to the internet/],
		['a subnet without a mount target', ({ remove }) => remove('AWS::EFS::MountTarget'), /no mount target/],
		['a group that the file system does not know', ({ remove }) => remove('AWS::EC2::SecurityGroupIngress'), /does not reach the file system/],
		[
			'a subnet of elsewhere',
			({ of }) =>
				(of('AWS::Lambda::Function', ({ Description }) => Description === 'ShellPod sweep').Environment.Variables.SHELLPOD_SUBNETS = 'subnet-1'),
			/subnet subnet-1 of tasks/,
		],
	]);
});
