namespace BttProxy.Relay.Operations;

/// <summary>What each command is called on the control socket.</summary>
internal static class ControlPaths
{
    public const string Status = "/status";
    public const string Sessions = "/sessions";
    public const string Torrents = "/torrents";
    public const string Earnings = "/earnings";
    public const string Channels = "/channels";
    public const string Preview = "/claim/preview";
    public const string Claim = "/claim";
    public const string Follow = "/claim/follow";
    public const string Close = "/close";
}
