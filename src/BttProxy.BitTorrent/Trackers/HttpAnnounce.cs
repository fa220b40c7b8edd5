using System.Globalization;
using System.Net;
using System.Text;
using BttProxy.BitTorrent.Bencoding;
using BttProxy.BitTorrent.Dht;
using BttProxy.BitTorrent.Wire;

namespace BttProxy.BitTorrent.Trackers;

/// <summary>The form of an HTTP announce and its answer (BEP 3, 7, 23).</summary>
internal static class HttpAnnounce
{
    private const int DefaultIntervalSeconds = 1800;

    private static readonly BencodeLimits Limits = new() { MaxDepth = 8, MaxValues = 20_000, AllowUnsortedKeys = true };

    public static Uri Url(Uri tracker, AnnounceRequest request)
    {
        Span<byte> peerId = stackalloc byte[PeerId.Length];
        request.PeerId.Write(peerId);
        var query = new StringBuilder(tracker.AbsoluteUri)
            .Append(tracker.Query.Length == 0 ? '?' : '&')
            .Append("info_hash=").Append(Escape(request.InfoHash.Span))
            .Append("&peer_id=").Append(Escape(peerId))
            .Append(CultureInfo.InvariantCulture, $"&port={request.Port}&uploaded={request.Uploaded}&downloaded={request.Downloaded}")
            .Append(CultureInfo.InvariantCulture, $"&left={request.Left}&compact=1&numwant={request.PeersWanted}&key={request.Key:x8}");
        if (request.Event != TrackerEvent.None)
        {
            query.Append("&event=").Append(request.Event switch
            {
                TrackerEvent.Started => "started",
                TrackerEvent.Completed => "completed",
                _ => "stopped",
            });
        }
        if (request.TrackerId is { } id)
        {
            query.Append("&trackerid=").Append(Escape(id.Span));
        }
        // Canonicalisation would change the escaped bytes of the info-hash, which some trackers compare as text.
        return new Uri(query.ToString(), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    /// <exception cref="TrackerException">The tracker refused, or its answer is damaged.</exception>
    public static AnnounceAnswer Read(ReadOnlyMemory<byte> body)
    {
        if (Bencode.TryParsePrefix(body, out var value, out _, Limits) != BencodeError.None || value is not BencodeDictionary answer)
        {
            throw new TrackerException("the answer is not bencoded");
        }
        if (answer.FindString("failure reason"u8) is { } reason)
        {
            throw new TrackerException($"the tracker refused: {TrackerText.Read(reason.Span)}");
        }
        var interval = Math.Max(
            answer.FindInteger("interval"u8) ?? DefaultIntervalSeconds, answer.FindInteger("min interval"u8) ?? 0);
        return new AnnounceAnswer(ReadPeers(answer), AnnounceAnswer.ClampInterval(interval))
        {
            TrackerId = answer.FindString("tracker id"u8) is { Length: <= 256 } id ? id.ToArray() : null,
            Warning = answer.FindString("warning message"u8) is { } warning ? TrackerText.Read(warning.Span) : null,
        };
    }

    private static List<IPEndPoint> ReadPeers(BencodeDictionary answer)
    {
        var peers = new List<IPEndPoint>();
        switch (answer.Find("peers"u8))
        {
            case BencodeString compact:
                CompactPeers.Read(compact.Bytes.Span, CompactAddresses.IPv4Length, peers);
                break;
            case BencodeList list:
                ReadDictionaries(list, peers);
                break;
        }
        if (answer.FindString("peers6"u8) is { } compact6)
        {
            CompactPeers.Read(compact6.Span, CompactAddresses.IPv6Length, peers);
        }
        return peers;
    }

    private static void ReadDictionaries(BencodeList list, List<IPEndPoint> peers)
    {
        foreach (var peer in list.Items.OfType<BencodeDictionary>())
        {
            // Names instead of addresses are allowed by BEP 3 and used by nobody; looking them up would be a stranger's errand.
            if (peers.Count < AnnounceAnswer.MaxPeers
                && peer.FindString("ip"u8) is { Length: <= 45 } text && IPAddress.TryParse(Encoding.Latin1.GetString(text.Span), out var address)
                && peer.FindInteger("port"u8) is > 0 and <= ushort.MaxValue and var port)
            {
                peers.Add(new IPEndPoint(address, (int)port));
            }
        }
    }

    private static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 3);
        foreach (var value in bytes)
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~')
            {
                text.Append((char)value);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }
        return text.ToString();
    }
}
