using BttProxy.Client.Payments;

namespace BttProxy.UnitTests.Histories.World;

/// <summary>An honest payer's session: what it receives, piece by piece, and its payments.</summary>
internal sealed class PayerSession(HistoryRelay relay, Traffic traffic, OpenedSession opened, ChannelPayer payer, Wire wire) : IDisposable
{
    public const int PieceLength = 32 * 1024;

    private int _ofPiece;
    private bool _isPieceBad;

    public LeasedChannel Channel => opened.Channel;

    public ChannelPayer Payer => payer;

    public Wire Wire => wire;

    /// <summary>A response of at most so many bytes, as far as there is credit.</summary>
    public async Task ReceiveAsync(int bytes, bool isGarbage, bool isAborted)
    {
        var sent = await Content.SendAsync(relay, traffic, opened.Terms.Token, bytes, isAborted);
        var received = isAborted ? sent / 2 : sent;
        payer.Tally.AddReceived(received);
        _isPieceBad |= isGarbage;
        for (_ofPiece += received; _ofPiece >= PieceLength; _ofPiece -= PieceLength)
        {
            Judge(PieceLength);
            _isPieceBad = isGarbage;
        }
    }

    /// <summary>The last piece ends here.</summary>
    public void VerifyRest()
    {
        if (_ofPiece > 0)
        {
            Judge(_ofPiece);
            (_ofPiece, _isPieceBad) = (0, false);
        }
    }

    public void Dispose()
    {
        payer.Dispose();
        opened.Channel.Dispose();
    }

    private void Judge(int bytes)
    {
        if (_isPieceBad)
        {
            payer.Tally.Discard(bytes);
            return;
        }

        payer.Tally.AddVerified(bytes);
        traffic.Verified += bytes;
    }
}
