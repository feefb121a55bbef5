// What the machine must be. Each function gives one clear line about what is wrong, or undefined.
import { readFileSync } from 'node:fs';

const oldestNode = [20, 19];

const osRelease = () => {
	try {
		return readFileSync('/etc/os-release', 'utf8');
	} catch {
		return '';
	}
};

const field = (text, name) => (new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '').replaceAll('"', '');

/** Is this a machine that ShellPod runs on? Facts can be given for other machines. */
export const wrongMachine = ({ platform, arch, release, node } = {}) => {
	const system = `${platform ?? process.platform} ${arch ?? process.arch}`;
	if (system !== 'linux x64') return `ShellPod runs on Linux x64 with Debian or Ubuntu; this is ${system}.`;
	const text = release ?? osRelease();
	const family = `${field(text, 'ID')} ${field(text, 'ID_LIKE')}`.split(' ');
	if (!family.includes('debian') && !family.includes('ubuntu'))
		return `ShellPod runs on Debian or Ubuntu; this is ${field(text, 'PRETTY_NAME') || 'an unknown Linux'}.`;
	const version = node ?? process.versions.node;
	const [major = 0, minor = 0] = version.split('.').map(Number);
	if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]))
		return `ShellPod's scripts need Node ${oldestNode.join('.')} or newer; this is Node ${version}.`;
	return undefined;
};

/** May we make the namespaces that tasks run in? */
export const notRoot = (uid = process.getuid?.()) =>
	uid === 0
		? undefined
		: 'ShellPod gives each session namespaces and a root of its own, which only root may make: use `sudo env "PATH=$PATH" npm start`.';
