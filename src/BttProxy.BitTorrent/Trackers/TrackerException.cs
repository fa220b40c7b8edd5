namespace BttProxy.BitTorrent.Trackers;

/// <summary>A tracker could not be asked, or gave no usable answer.</summary>
internal sealed class TrackerException(string message, Exception? inner = null) : IOException(message, inner);
