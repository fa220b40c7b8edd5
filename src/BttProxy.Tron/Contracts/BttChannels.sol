// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ChannelWord, ChannelWords} from "./ChannelWord.sol";
import {IBttChannels, Row, Signature, Terms} from "./IBttChannels.sol";
import {Payout, PayoutList, Payouts} from "./Payouts.sol";
import {Outcomes, Reasons} from "./Reasons.sol";
import {Signatures} from "./Signatures.sol";
import {Tokens} from "./Tokens.sol";
import {TypedData} from "./TypedData.sol";

/// @notice Payment channels out of deposits. Nobody owns it, nothing changes or pauses it, and anyone may submit what carries the
/// right signatures. Only payers deposit and only what is signed moves; what a token does wrong stays between that token's holders.
contract BttChannels is IBttChannels {
    using Payouts for PayoutList;

    uint256 public constant MAX_ROWS = 100;

    /// @dev What one payout may burn, about four times what the dearest TRC-20 transfer costs. A token that burns all it is given would
    /// else take the batch with it: TRON's callers keep nothing back. Who sends less than this cannot have a payout deferred either,
    /// because then the whole transaction runs out.
    uint256 private constant PAYOUT_ENERGY = 500_000;

    uint256 private constant UNLOCKED = 1;
    uint256 private constant LOCKED = 2;

    /// @dev Never zero: on TRON each change of a word that is not zero costs 5,000 energy, from zero 20,000.
    uint256 private _lock = UNLOCKED;

    mapping(address payer => mapping(address token => uint256)) private _deposits;

    mapping(bytes32 channelId => ChannelWord) private _channels;

    /// @dev epoch << 64 | withdrawAt. It counts in its own epoch only, so that closing need not clear it.
    mapping(bytes32 channelId => uint256) private _withdrawals;

    /// @dev Nothing of this contract may be called from within a token.
    modifier whenUnlocked() {
        if (_lock != UNLOCKED) revert Rejected(Reasons.REENTERED);
        _;
    }

    modifier locked() {
        _lock = LOCKED;
        _;
        _lock = UNLOCKED;
    }

    function deposit(address token, uint256 amount) external whenUnlocked locked {
        if (amount == 0 || amount > ChannelWords.MAX_AMOUNT) revert Rejected(Reasons.AMOUNT_OUT_OF_RANGE);
        _deposits[msg.sender][token] += amount;
        emit Deposited(msg.sender, token, amount);
        Tokens.take(token, msg.sender, amount);
    }

    function withdraw(address token, uint256 amount) external whenUnlocked locked {
        uint256 held = _deposits[msg.sender][token];
        if (amount == 0) revert Rejected(Reasons.AMOUNT_OUT_OF_RANGE);
        if (amount > held) revert Rejected(Reasons.INSUFFICIENT_DEPOSIT);
        _deposits[msg.sender][token] = held - amount;
        emit Withdrawn(msg.sender, token, amount);
        Tokens.send(token, msg.sender, amount);
    }

    function open(Terms calldata terms, uint128 amount, uint64 epoch, uint40 deadline, Signature calldata signature)
        external
        whenUnlocked
    {
        if (
            terms.payer == address(0) || terms.signer == address(0) || terms.payee == address(0) || terms.payeeAuthorizer == address(0)
                || terms.token == address(0)
        ) revert Rejected(Reasons.INVALID_TERMS);
        if (amount > ChannelWords.MAX_AMOUNT) revert Rejected(Reasons.AMOUNT_OUT_OF_RANGE);
        bytes32 domain = TypedData.separator();
        bytes32 id = TypedData.channelId(domain, terms);
        ChannelWord word = _channels[id];
        if (epoch != word.epoch() || epoch == ChannelWords.LAST_EPOCH) revert Rejected(Reasons.WRONG_EPOCH);
        if (block.timestamp > deadline) revert Rejected(Reasons.DEADLINE_PASSED);
        if (_withdrawAt(id, epoch) != 0) revert Rejected(Reasons.WITHDRAW_PENDING);
        if (amount <= word.reserved()) revert Rejected(Reasons.NOT_ABOVE_RESERVED);
        uint256 held = _deposits[terms.payer][terms.token];
        uint256 addition = amount - word.reserved();
        if (addition > held) revert Rejected(Reasons.INSUFFICIENT_DEPOSIT);
        if (msg.sender != terms.payer) {
            _requireSigned(TypedData.openChannel(domain, id, amount, epoch, deadline), signature, terms.payer);
        }
        _deposits[terms.payer][terms.token] = held - addition;
        _channels[id] = ChannelWords.pack(epoch, word.claimed(), amount);
        _emitOpened(id, terms, epoch, amount);
    }

    function claim(Row[] calldata rows) external whenUnlocked {
        if (rows.length > MAX_ROWS) revert Rejected(Reasons.TOO_MANY_ROWS);
        bytes32 domain = TypedData.separator();
        PayoutList memory payouts;
        for (uint256 i = 0; i < rows.length; ++i) {
            Row calldata row = rows[i];
            bytes32 id = TypedData.channelId(domain, row.terms);
            ChannelWord word = _channels[id];
            uint256 before = word.claimed();
            uint8 outcome = _judge(domain, id, word, row);
            if (outcome != Outcomes.CLAIMED) {
                emit RowSkipped(id, outcome, uint64(word.epoch()), uint128(before));
                continue;
            }
            uint256 total = row.cumulativeAmount;
            uint256 paid = total - before;
            _channels[id] = word.withClaimed(total);
            emit RowClaimed(id, uint64(word.epoch()), uint128(paid), uint128(total));
            payouts.add(row.terms.payee, row.terms.token, paid, rows.length - i);
        }
        if (payouts.count != 0) _payAll(payouts);
    }

    function judge(Row[] calldata rows) external view returns (uint8[] memory outcomes) {
        bytes32 domain = TypedData.separator();
        outcomes = new uint8[](rows.length);
        for (uint256 i = 0; i < rows.length; ++i) {
            bytes32 id = TypedData.channelId(domain, rows[i].terms);
            outcomes[i] = _judge(domain, id, _channels[id], rows[i]);
        }
    }

    function closeCooperatively(
        Terms calldata terms,
        uint64 epoch,
        uint128 finalAmount,
        uint40 deadline,
        Signature calldata bySigner,
        Signature calldata byPayeeAuthorizer
    ) external whenUnlocked {
        bytes32 domain = TypedData.separator();
        bytes32 id = TypedData.channelId(domain, terms);
        ChannelWord word = _requireAtEpoch(id, epoch);
        if (block.timestamp > deadline) revert Rejected(Reasons.DEADLINE_PASSED);
        if (finalAmount < word.claimed() || finalAmount > word.reserved()) revert Rejected(Reasons.FINAL_OUT_OF_RANGE);
        bytes32 digest = TypedData.cooperativeClose(domain, id, epoch, finalAmount, deadline);
        _requireSigned(digest, bySigner, terms.signer);
        _requireSigned(digest, byPayeeAuthorizer, terms.payeeAuthorizer);
        _endEpoch(id, terms, word, finalAmount);
        uint256 paid = finalAmount - word.claimed();
        if (paid != 0) _payLocked(terms.payee, terms.token, paid);
    }

    function requestWithdraw(Terms calldata terms) external whenUnlocked {
        bytes32 id = TypedData.channelId(TypedData.separator(), terms);
        ChannelWord word = _channels[id];
        if (!word.exists()) revert Rejected(Reasons.UNKNOWN_CHANNEL);
        if (msg.sender != terms.payer) revert Rejected(Reasons.WRONG_SIGNER);
        if (_withdrawAt(id, word.epoch()) != 0) revert Rejected(Reasons.WITHDRAW_PENDING);
        if (word.reserved() == 0) revert Rejected(Reasons.INSUFFICIENT_DEPOSIT);
        uint64 withdrawAt = uint64(block.timestamp) + terms.withdrawDelay;
        _withdrawals[id] = word.epoch() << 64 | withdrawAt;
        emit WithdrawRequested(id, uint64(word.epoch()), withdrawAt);
    }

    function finishWithdraw(Terms calldata terms, uint64 epoch) external whenUnlocked {
        bytes32 id = TypedData.channelId(TypedData.separator(), terms);
        ChannelWord word = _requireAtEpoch(id, epoch);
        uint64 withdrawAt = _withdrawAt(id, epoch);
        if (withdrawAt == 0) revert Rejected(Reasons.NO_WITHDRAW_PENDING);
        if (block.timestamp < withdrawAt) revert Rejected(Reasons.WITHDRAW_TOO_EARLY);
        _endEpoch(id, terms, word, word.claimed());
    }

    /// @notice For this contract alone: a payout that fails is undone as a whole, whatever the token did in it.
    function payOut(address payee, address token, uint256 amount) external {
        if (msg.sender != address(this)) revert Rejected(Reasons.WRONG_SIGNER);
        Tokens.send(token, payee, amount);
    }

    function depositOf(address payer, address token) external view returns (uint256) {
        return _deposits[payer][token];
    }

    function channel(bytes32 channelId)
        external
        view
        returns (uint128 reserved, uint128 claimed, uint64 epoch, uint64 withdrawAt, bool exists)
    {
        ChannelWord word = _channels[channelId];
        return (
            uint128(word.reserved()),
            uint128(word.claimed()),
            uint64(word.epoch()),
            _withdrawAt(channelId, word.epoch()),
            word.exists()
        );
    }

    function channelIdOf(Terms calldata terms) external view returns (bytes32) {
        return TypedData.channelId(TypedData.separator(), terms);
    }

    function domainSeparator() external view returns (bytes32) {
        return TypedData.separator();
    }

    /// @dev The signature last, because it is what costs energy. Reads only words that cannot fail to decode.
    function _judge(bytes32 domain, bytes32 id, ChannelWord word, Row calldata row) private view returns (uint8) {
        uint256 cumulativeAmount = row.cumulativeAmount;
        if (!word.exists()) return Outcomes.UNKNOWN_CHANNEL;
        if (row.epoch != word.epoch()) return Outcomes.WRONG_EPOCH;
        if (cumulativeAmount <= word.claimed()) return Outcomes.ALREADY_CLAIMED;
        if (cumulativeAmount > word.reserved()) return Outcomes.ABOVE_RESERVED;
        address signer = Signatures.recover(TypedData.voucher(domain, id, row.epoch, cumulativeAmount), row.signature);
        if (signer == address(0)) return Outcomes.BAD_SIGNATURE;
        return signer == row.terms.signer ? Outcomes.CLAIMED : Outcomes.WRONG_SIGNER;
    }

    /// @dev The rest goes to the payer's deposit; the next epoch starts empty.
    function _endEpoch(bytes32 id, Terms calldata terms, ChannelWord word, uint256 finalAmount) private {
        uint256 returned = word.reserved() - finalAmount;
        _channels[id] = ChannelWords.pack(word.epoch() + 1, 0, 0);
        if (returned != 0) _deposits[terms.payer][terms.token] += returned;
        emit ChannelClosed(
            id, uint64(word.epoch()), uint128(finalAmount), uint128(finalAmount - word.claimed()), uint128(returned)
        );
    }

    function _payAll(PayoutList memory payouts) private locked {
        for (uint256 i = 0; i < payouts.count; ++i) {
            Payout memory payout = payouts.items[i];
            _pay(payout.payee, payout.token, payout.amount);
        }
    }

    function _payLocked(address payee, address token, uint256 amount) private locked {
        _pay(payee, token, amount);
    }

    /// @dev A payee that the token will not pay harms nobody else and loses nothing.
    function _pay(address payee, address token, uint256 amount) private {
        try this.payOut{gas: PAYOUT_ENERGY}(payee, token, amount) {}
        catch {
            _deposits[payee][token] += amount;
            emit PayoutDeferred(payee, token, amount);
        }
    }

    function _emitOpened(bytes32 id, Terms calldata terms, uint64 epoch, uint128 amount) private {
        emit ChannelOpened(
            id,
            terms.payer,
            terms.payee,
            terms.signer,
            terms.payeeAuthorizer,
            terms.token,
            terms.withdrawDelay,
            terms.salt,
            epoch,
            amount
        );
    }

    function _withdrawAt(bytes32 id, uint256 epoch) private view returns (uint64) {
        uint256 request = _withdrawals[id];
        return request >> 64 == epoch ? uint64(request) : 0;
    }

    function _requireAtEpoch(bytes32 id, uint256 epoch) private view returns (ChannelWord word) {
        word = _channels[id];
        if (!word.exists()) revert Rejected(Reasons.UNKNOWN_CHANNEL);
        if (epoch != word.epoch()) revert Rejected(Reasons.WRONG_EPOCH);
    }

    function _requireSigned(bytes32 digest, Signature calldata signature, address expected) private view {
        address signer = Signatures.recover(digest, signature);
        if (signer == address(0)) revert Rejected(Reasons.BAD_SIGNATURE);
        if (signer != expected) revert Rejected(Reasons.WRONG_SIGNER);
    }
}
