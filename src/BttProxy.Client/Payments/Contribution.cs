namespace BttProxy.Client.Payments;

/// <summary>How many bytes of one piece came through one session.</summary>
internal readonly record struct Contribution(SessionTally Session, int Bytes);
