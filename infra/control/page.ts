import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
	AllowedMethods,
	type BehaviorOptions,
	CachePolicy,
	Distribution,
	Function as EdgeFunction,
	FunctionCode,
	FunctionEventType,
	FunctionRuntime,
	HttpVersion,
	OriginProtocolPolicy,
	OriginRequestPolicy,
	PriceClass,
	ResponseHeadersPolicy,
	ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { socketStage } from './addresses.ts';
import { securityHeaders } from './security-headers.ts';

export interface PageProps {
	/** folder with the built page */
	readonly page: string;
	readonly deployment: string;
	readonly httpHost: string;
	readonly socketHost: string;
}

/** vite names what it puts here by content */
const hashed = 'assets/*';

/** The built page, the HTTP API and the WebSocket on one origin: no CORS, first-party cookies, one address for a person. */
export class Page extends Construct {
	readonly distribution: Distribution;

	constructor(scope: Construct, id: string, props: PageProps) {
		super(scope, id);
		const bucket = new Bucket(this, 'Bucket', {
			encryption: BucketEncryption.S3_MANAGED,
			blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
			enforceSSL: true,
			removalPolicy: RemovalPolicy.RETAIN,
			// the library's own classes don't fit its interfaces under exact optional properties
		}) as IBucket;
		const headers = new ResponseHeadersPolicy(this, 'Headers', securityHeaders);
		const routing = new EdgeFunction(this, 'Routing', {
			// names of these are one per account, and the default is made of the region alone
			functionName: `${props.deployment}-page-routing`,
			comment: 'Addresses of the page are routes of one document',
			code: FunctionCode.fromFile({ filePath: join(import.meta.dirname, 'page-routing.js') }),
			runtime: FunctionRuntime.JS_2_0,
		});

		this.distribution = new Distribution(this, 'Distribution', {
			comment: 'ShellPod',
			httpVersion: HttpVersion.HTTP2,
			priceClass: PriceClass.PRICE_CLASS_100,
			defaultRootObject: 'index.html',
			defaultBehavior: {
				origin: S3BucketOrigin.withOriginAccessControl(bucket),
				viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
				cachePolicy: CachePolicy.CACHING_OPTIMIZED,
				responseHeadersPolicy: headers,
				compress: true,
				// Here and not by error responses: those would turn the API's 404 into the page.
				functionAssociations: [{ eventType: FunctionEventType.VIEWER_REQUEST, function: routing }],
			},
			additionalBehaviors: {
				'/api/*': { ...passedOn(props.httpHost), responseHeadersPolicy: headers },
				[`/${socketStage}`]: passedOn(props.socketHost),
			},
		});
		this.deploy(bucket, props.page);
	}

	get origin(): string {
		return `https://${this.distribution.distributionDomainName}`;
	}

	/** First what is named by its content, then the documents that name it. Nothing is removed: open tabs still load the older. */
	private deploy(bucket: IBucket, page: string): void {
		const common = {
			sources: [Source.asset(page)],
			destinationBucket: bucket,
			prune: false,
			logGroup: new LogGroup(this, 'DeploymentLog', { retention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY }),
		};
		const assets = new BucketDeployment(this, 'Assets', {
			...common,
			exclude: ['*'],
			include: [hashed],
			cacheControl: [CacheControl.setPublic(), CacheControl.maxAge(Duration.days(365)), CacheControl.immutable()],
		});
		const documents = new BucketDeployment(this, 'Documents', { ...common, exclude: [hashed], cacheControl: [CacheControl.noCache()] });
		documents.node.addDependency(assets);
	}
}

/** To an API as it came; without the Host header, which API Gateway answers with 403. */
const passedOn = (host: string): BehaviorOptions => ({
	origin: new HttpOrigin(host, { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY }),
	viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
	allowedMethods: AllowedMethods.ALLOW_ALL,
	cachePolicy: CachePolicy.CACHING_DISABLED,
	originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
});
