using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using BttProxy.Relay.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BttProxy.FunctionalTests.Relay.Roles;

/// <summary>Answers a gateway as a worker would, and breaks where a test says.</summary>
internal sealed class ScriptedWorker : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly byte[] _content;

    private ScriptedWorker(WebApplication application, byte[] content) => (_application, _content) = (application, content);

    /// <summary>Bytes of a response after which its connection breaks; null for none.</summary>
    public int? BreaksAfter { get; set; }

    /// <summary>Answered instead of content.</summary>
    public HttpStatusCode? Refuses { get; set; }

    /// <summary>What the content is said to be.</summary>
    public string Tag { get; set; } = "content";

    /// <summary>The Range headers of all content requests.</summary>
    public ConcurrentQueue<string> Ranges { get; } = [];

    public string Address { get; private set; } = "";

    public static async Task<ScriptedWorker> StartAsync(byte[] content, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var worker = new ScriptedWorker(builder.Build(), content);
        worker._application.MapGet("/readyz", () => "ok");
        worker._application.MapGet("/{kind}/{infoHash}", worker.AnswerAsync);
        await worker._application.StartAsync(cancellationToken);
        worker.Address = worker._application.Urls.Single();
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Ranges.Enqueue(context.Request.Headers.Range.ToString());
        if (Refuses is { } status)
        {
            context.Response.StatusCode = (int)status;
            return;
        }

        if (ByteRange.Parse(context.Request.Headers.Range, _content.Length, out var range) == ByteRangeResult.Partial)
        {
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange =
                string.Create(CultureInfo.InvariantCulture, $"bytes {range.Offset}-{range.Offset + range.Length - 1}/{_content.Length}");
        }

        context.Response.Headers.ETag = $"\"{Tag}\"";
        context.Response.ContentLength = range.Length;
        var length = (int)Math.Min(range.Length, BreaksAfter ?? range.Length);
        await context.Response.Body.WriteAsync(_content.AsMemory((int)range.Offset, length));
        await context.Response.Body.FlushAsync();
        if (length < range.Length)
        {
            context.Abort();
        }
    }
}
