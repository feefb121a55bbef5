import { Duration } from 'aws-cdk-lib';
import { HeadersFrameOption, HeadersReferrerPolicy, type ResponseHeadersPolicyProps } from 'aws-cdk-lib/aws-cloudfront';

const policy = {
	'default-src': "'none'",
	'script-src': "'self'",
	// xterm.js writes its colours and sizes into style elements
	'style-src': "'self' 'unsafe-inline'",
	'img-src': "'self' data:",
	'font-src': "'self'",
	// the WebSocket too: 'self' covers wss of the same host, and naming the host would make the distribution refer to itself
	'connect-src': "'self'",
	'worker-src': "'self'",
	'manifest-src': "'self'",
	'base-uri': "'none'",
	'form-action': "'self'",
	'frame-ancestors': "'none'",
};

/** Off, but for what a terminal needs: the clipboard and the whole screen. */
const features = {
	'clipboard-read': '(self)',
	'clipboard-write': '(self)',
	fullscreen: '(self)',
	accelerometer: '()',
	camera: '()',
	geolocation: '()',
	gyroscope: '()',
	magnetometer: '()',
	microphone: '()',
	payment: '()',
	usb: '()',
};

/** Headers of the page and of the API's answers, whatever the origin said. */
export const securityHeaders: ResponseHeadersPolicyProps = {
	comment: 'ShellPod',
	securityHeadersBehavior: {
		contentSecurityPolicy: {
			contentSecurityPolicy: Object.entries(policy)
				.map(([name, value]) => `${name} ${value}`)
				.join('; '),
			override: true,
		},
		strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: false, override: true },
		contentTypeOptions: { override: true },
		referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
		frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
	},
	customHeadersBehavior: {
		customHeaders: [
			{ header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override: true },
			{
				header: 'Permissions-Policy',
				value: Object.entries(features)
					.map(([name, allow]) => `${name}=${allow}`)
					.join(', '),
				override: true,
			},
		],
	},
};
