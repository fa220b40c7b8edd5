using System.Text;

namespace BttProxy.Relay.Gateway;

/// <summary>The site that everybody without a path token sees: a static folder, or one plain page.</summary>
internal static class DecoySite
{
    private static readonly byte[] DefaultPage = Encoding.UTF8.GetBytes(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Welcome</title></head><body><h1>Welcome</h1></body></html>\n");

    private static readonly byte[] DefaultNotFound = Encoding.UTF8.GetBytes(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Not found</title></head><body><h1>Not found</h1></body></html>\n");

    public static RequestDelegate Build(IServiceProvider services, string? siteDirectory)
    {
        var site = new ApplicationBuilder(services);
        var notFound = DefaultNotFound;
        if (siteDirectory is not null)
        {
            var files = new LinkedFiles(Path.GetFullPath(siteDirectory));
            site.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
            site.UseStaticFiles(new StaticFileOptions { FileProvider = files });
            var own = Path.Combine(siteDirectory, "404.html");
            notFound = File.Exists(own) ? File.ReadAllBytes(own) : notFound;
        }

        site.Run(context => IsHome(context.Request) && siteDirectory is null
            ? WritePageAsync(context, StatusCodes.Status200OK, DefaultPage)
            : WritePageAsync(context, StatusCodes.Status404NotFound, notFound));
        return site.Build();
    }

    private static bool IsHome(HttpRequest request) =>
        request.Path == "/" && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method));

    private static Task WritePageAsync(HttpContext context, int status, byte[] page)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = page.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(page, context.RequestAborted).AsTask();
    }
}
