namespace BttProxy.Protocol.Tunnel;

/// <summary>The second path segment of our requests, after the path token.</summary>
public static class RequestNames
{
    /// <summary>GET: the relay's signed record.</summary>
    public const string Record = "r";

    /// <summary>POST: open a session.</summary>
    public const string Session = "s";

    /// <summary>POST: a voucher.</summary>
    public const string Voucher = "v";

    /// <summary>GET, with an info-hash: the info dictionary.</summary>
    public const string Metadata = "m";

    /// <summary>GET, with an info-hash: availability.</summary>
    public const string Query = "q";

    /// <summary>GET with Range, with an info-hash: content. The only metered request.</summary>
    public const string Content = "c";

    /// <summary>POST: close the session.</summary>
    public const string Close = "x";

    /// <summary>Media type of message bodies.</summary>
    public const string MediaType = "application/msgpack";
}
