namespace BttProxy.Devnet;

/// <summary>The devnet cannot go on for a reason that its user can do something about; the message is one clear line.</summary>
internal sealed class DevnetException(string message, Exception? innerException = null) : Exception(message, innerException);
