// CloudFront runs this for requests of the page: what doesn't look like a file is a route of the page, which is one document.
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name
function handler(event) {
	var request = event.request;
	var last = request.uri.substring(request.uri.lastIndexOf('/') + 1);
	if (last.indexOf('.') === -1) request.uri = '/index.html';
	return request;
}
