using BttProxy.Protocol.Messages;

namespace BttProxy.Relay.Gateway;

/// <summary>Reads a request body of bounded size.</summary>
internal static class MessageReader
{
    /// <summary>The message, or null when the body is too long or not the message's one canonical encoding.</summary>
    public static async ValueTask<T?> ReadAsync<T>(HttpContext context)
        where T : class, IWireMessage
    {
        if (context.Request.ContentLength > T.MaxEncodedLength)
        {
            return null;
        }

        var reader = context.Request.BodyReader;
        var result = await reader.ReadAtLeastAsync(T.MaxEncodedLength + 1, context.RequestAborted);
        _ = MessageCodec.TryDecode<T>(result.Buffer, out var message);
        reader.AdvanceTo(result.Buffer.End);
        return message;
    }
}
